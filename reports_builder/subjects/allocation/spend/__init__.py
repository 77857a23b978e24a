"""All spend by owner and component, what shared pools cost, and whether resources say whose they are."""
