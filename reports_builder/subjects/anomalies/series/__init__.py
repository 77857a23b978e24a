"""What was unusual in the cost of the company and its parts, by the day and by the hour."""
