"""The WhatsApp Cloud API played on loopback: our own tables of what it takes, and what it posts."""
