"""Customers see that we have read, and that we write."""
