"""Customers with several names."""
