"""Replies leave: a delivery is one outbound message on its way through a channel."""
