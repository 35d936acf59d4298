"""Processes that may be killed, and the counting at the receiving end."""
