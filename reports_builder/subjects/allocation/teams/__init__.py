"""Which team answers for which cost, what it is billed, and whether it keeps its budget."""
