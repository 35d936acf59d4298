"""What a person on our side writes to a customer, beside plain text."""
