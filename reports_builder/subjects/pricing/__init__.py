"""What to charge, what it brings, and whom it hits."""
