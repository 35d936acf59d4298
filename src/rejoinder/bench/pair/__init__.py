"""Two servers in one run, round by round: this checkout and another commit, or much and little stored."""
