"""`rejoinder knowledge`: what the bots know, and where it comes from."""
