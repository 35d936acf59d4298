"""What LINE posts: who it is from, and what it says."""
