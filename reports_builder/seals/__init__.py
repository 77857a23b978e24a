"""Sealed books: the rows of each closed day under one hash, the hashes in a signed chain."""
