"""What the checks look for in words: lists of turns of phrase, and a text made ready to be searched for them."""
