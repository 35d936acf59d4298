"""What may be said: looked at before the model reads it, and after it has answered."""
