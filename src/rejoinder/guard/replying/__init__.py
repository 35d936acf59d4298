"""The checks of a reply: each takes the reply with its facts, and gives what is wrong with it, or nothing."""
