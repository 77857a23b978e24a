"""What leaves the warehouse for the tools of others: ledgers, spreadsheets, monitoring."""
