"""Bots, for who administers a workspace."""
