"""How bots speak: personas, response templates, canned replies."""
