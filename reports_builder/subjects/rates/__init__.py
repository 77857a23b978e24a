"""What the same work could cost: models, service classes, caches and commitments."""
