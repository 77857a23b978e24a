"""What each feature costs and earns, and whether to invest in it, keep it or close it."""
