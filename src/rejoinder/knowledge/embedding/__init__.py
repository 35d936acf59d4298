"""Vectors of documents and messages are kept current in the background."""
