"""What the readers of providers' own bills have in common: all of them fill the columns of FOCUS."""
