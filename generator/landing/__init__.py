"""The landing folder: its tables, the truth beside them, and how a run replaces another."""
