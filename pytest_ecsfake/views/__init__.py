"""What a test author reads and orders by: each reading settles first, so that it is up to date with the clock."""
