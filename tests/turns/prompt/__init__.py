"""Prompts: what they say, word for word, and what holds for all of them."""
