"""`rejoinder bench`: platform, model and load played on loopback, beside the raw yardstick of the same run."""
