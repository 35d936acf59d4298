"""The stretches of a run: each opens conversations of its own and ends when all of them have been answered."""
