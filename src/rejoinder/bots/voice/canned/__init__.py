"""Replies that operators insert with a few letters."""
