"""How a bot speaks: personas, templates that need no model, and the replies that operators insert."""
