"""What was forgotten is found; channels are paused and go on."""
