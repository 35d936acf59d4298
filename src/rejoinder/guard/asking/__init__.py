"""The checks of a question: what the customer wrote, before any model reads it."""
