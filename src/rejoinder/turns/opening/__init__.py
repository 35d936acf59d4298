"""A thread gets a conversation, and a new customer a contact."""
