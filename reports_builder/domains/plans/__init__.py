"""What every customer would pay under each price plan."""
