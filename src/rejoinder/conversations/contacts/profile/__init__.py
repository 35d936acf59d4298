"""What is known of a customer beside their names."""
