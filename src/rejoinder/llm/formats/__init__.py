"""How each provider's server wants to be spoken to."""
