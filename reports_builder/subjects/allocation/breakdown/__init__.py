"""Who the cost belongs to and what a token costs."""
