"""What gave up and waits for a person: turns without an answer, deliveries that failed or whose fate is not known."""
