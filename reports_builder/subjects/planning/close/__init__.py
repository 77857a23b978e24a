"""A month that is over: its budget, its forecast, what it cost, and why."""
