"""Platforms: one folder each, with what it takes to send there. A channel is one account of a platform."""
