"""What a bot answers, and when a person is called, in five languages."""
