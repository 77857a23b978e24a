"""Savings that somebody decided to make: accepted, given up, and measured since."""
