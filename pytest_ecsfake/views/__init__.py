"""The objects through which a test reads the fake and gives orders. Each reading first brings the state up to date with the clock."""
