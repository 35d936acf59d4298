"""Channels and chat platforms by API."""
