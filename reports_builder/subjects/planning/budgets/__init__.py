"""Budgets of every scope and period."""
