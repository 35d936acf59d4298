"""Platforms and callers hand messages in."""
