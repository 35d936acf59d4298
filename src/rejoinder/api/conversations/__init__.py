"""Conversations and who takes part in them: messages, files, contacts, people who take over."""
