"""The parts of a played Telegram."""
