"""The ledger: what each call to a model took."""
