"""The bus: whoever waits for a conversation is woken when something happens in it."""
