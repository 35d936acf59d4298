"""The way out: the one HTTP client session of a process."""
