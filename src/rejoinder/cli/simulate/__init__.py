"""`rejoinder simulate`: a platform played on loopback writes to the running installation."""
