"""Webhooks that could not be applied when they came: tried again, or kept for a person."""
