"""A delivery leaves: waited for, claimed, sent, and what came of it becomes fact."""
