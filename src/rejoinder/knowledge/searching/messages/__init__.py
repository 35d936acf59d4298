"""Messages are found by what they say, as typed with or without accents, and by what they mean."""
