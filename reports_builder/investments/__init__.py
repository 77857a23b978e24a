"""Investments that are entered beside those of the seed: what was said when, and by whom."""
