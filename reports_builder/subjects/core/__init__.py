"""What AI costs, who and what causes it, and what it brings in."""
