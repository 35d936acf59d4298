"""Personas, response templates and canned replies over HTTP."""
