"""Bots: their voices."""
