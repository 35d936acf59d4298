"""A running summary of what was said before the window that models are shown."""
