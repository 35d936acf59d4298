"""No more is sent than the platform allows, and replies go before bulk."""
