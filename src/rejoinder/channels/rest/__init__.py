"""The REST channel: programs hand messages in and fetch, stream or are posted the replies."""
