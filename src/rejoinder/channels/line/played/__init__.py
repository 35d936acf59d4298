"""What a played LINE takes and posts."""
