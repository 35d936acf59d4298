"""What is sent beside plain text: what its parts must hold, and what they say in words."""
