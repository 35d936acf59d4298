"""LINE, through its Messaging API."""
