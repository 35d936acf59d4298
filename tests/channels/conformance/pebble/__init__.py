"""Pebble: a chat platform that nobody has, as a third party would bring one, in a folder of its own."""
