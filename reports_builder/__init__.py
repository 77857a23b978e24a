"""Renders the published warehouse into Markdown reports with SVG figures."""
