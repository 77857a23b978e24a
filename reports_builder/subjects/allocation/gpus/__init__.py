"""What GPUs cost, who held them, and what of it was for hours that nobody used."""
