"""The append-only log of what happened in each conversation, ordered by the conversation's seq."""
