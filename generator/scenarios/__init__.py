"""What moves the traffic, by name: one module per scenario, one protocol for all."""
