"""The work: lanes, turns, jobs, and what gave up."""
