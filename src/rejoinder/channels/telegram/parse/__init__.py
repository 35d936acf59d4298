"""What an update of Telegram says."""
