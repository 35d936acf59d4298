"""Who is in charge of a conversation changes: people take it over, release it, close it, cancel, replay."""
