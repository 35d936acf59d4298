"""The workspace of a token, and what it spends."""
