"""A machine that lets hypothesis do anything to a conversation, in memory and on the real SQL, and what must hold."""
