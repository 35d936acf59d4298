"""Records: contacts, conversations and the messages in them."""
