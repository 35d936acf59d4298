"""Webhook bodies become events."""
