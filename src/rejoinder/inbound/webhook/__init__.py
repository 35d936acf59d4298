"""What platforms post: verified, read, applied."""
