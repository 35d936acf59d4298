"""Tokens that are there before anybody makes one."""
