"""What the instructions keep from customers, and whether a reply gives it away."""
