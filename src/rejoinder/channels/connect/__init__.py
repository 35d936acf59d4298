"""Channels are made, changed, checked and taken away."""
