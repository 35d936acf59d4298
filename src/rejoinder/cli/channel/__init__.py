"""`rejoinder channel`: accounts of platforms are connected and looked after from the command line."""
