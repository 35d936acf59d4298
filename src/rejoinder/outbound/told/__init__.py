"""What platforms tell of our messages, and what they call them."""
