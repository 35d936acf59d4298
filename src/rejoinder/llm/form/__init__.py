"""The form of a call: how a prompt becomes messages, and how an answer is read from what comes back."""
