"""Platforms' webhooks: checked, read, applied event by event; what can't be applied now is left to the intake."""
