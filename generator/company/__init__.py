"""The invented company: its customers, what they use and pay, and what is planted among them."""
