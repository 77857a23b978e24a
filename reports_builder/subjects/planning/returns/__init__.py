"""What investments return."""
