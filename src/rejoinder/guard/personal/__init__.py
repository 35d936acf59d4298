"""Personal data in a text: where it stands and of which kind, each kind in a file of its own."""
