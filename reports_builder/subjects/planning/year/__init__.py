"""The twelve months to come, and what they cost under other assumptions."""
