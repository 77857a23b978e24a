"""Synthetic AI call records with known truth: the demonstration data of the warehouse."""
