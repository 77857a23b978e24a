"""Abnormal days and limits that are reached."""
