"""What the operations of Express services refuse, and what they work out from their parameters. One subject a module."""
