"""Websites are read page by page, politely, and kept current."""
