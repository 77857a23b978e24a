"""What each customer brings in and costs, and what it is worth."""
