"""Texts with variables and conditions: Jinja2 in a sandbox, without loops, calls or anything else that can grow."""
