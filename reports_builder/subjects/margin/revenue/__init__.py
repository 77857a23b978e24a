"""What contracts bring in by month, and what was invoiced and paid of it."""
