"""`rejoinder eval`: answers measured against fixed questions."""
