"""How parts of a message look on LINE."""
