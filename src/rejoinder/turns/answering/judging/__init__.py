"""What an answer is worth, who is called, and why: all of it pure."""
