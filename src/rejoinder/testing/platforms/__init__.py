"""Chat platforms played on loopback, for tests, the bench and people without accounts."""
