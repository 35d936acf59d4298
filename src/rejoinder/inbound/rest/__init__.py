"""The REST channel's way in: programs hand messages in with a token, and may stay for the answer."""
