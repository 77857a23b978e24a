"""Where a figure comes from: mart rows, charges, rules, prices, source lines; and what a file touched."""
