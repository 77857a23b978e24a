"""Whether resources say whose they are: compliance with the tag policy, and what to put right."""
