"""What a model is told: made purely of typed parts, within a budget of tokens."""
