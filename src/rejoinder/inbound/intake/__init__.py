"""Webhooks that could not be applied when they came."""
