"""Who a customer is, by all their names, and what they agreed to."""
