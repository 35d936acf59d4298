"""Texts as platforms count them."""
