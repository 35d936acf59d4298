"""The edge for machines: conversations, messages, events, health."""
