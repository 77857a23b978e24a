"""The cost to come, and how far past forecasts were off."""
