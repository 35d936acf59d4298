"""The Pancake channel: replies and actions are posted to the chat backend's one address."""
