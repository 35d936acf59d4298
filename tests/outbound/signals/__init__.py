"""What the customer sees while an answer is made."""
