"""What a message becomes at Telegram."""
