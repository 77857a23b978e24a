"""What can be saved on calls, one step after the other."""
