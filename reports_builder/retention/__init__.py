"""Remove what is older than the company keeps it, and erase who a customer is; no figure changes."""
