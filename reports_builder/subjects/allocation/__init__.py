"""What each part of the company causes in cost, and what it is charged for it."""
