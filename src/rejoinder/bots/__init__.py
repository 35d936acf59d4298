"""A bot: persona and policies; and the channels it answers on."""
