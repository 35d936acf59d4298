"""Answers that wait for a person to send them."""
