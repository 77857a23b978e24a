"""A day of the plan as calls, in numpy columns: what is expected, what is drawn, what it costs."""
