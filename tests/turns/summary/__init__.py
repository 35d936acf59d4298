"""The running summary."""
