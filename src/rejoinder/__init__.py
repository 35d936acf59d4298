"""Rejoinder answers the messages customers send a business: once, in order, or a person is told."""

__version__ = "0.1.0"
