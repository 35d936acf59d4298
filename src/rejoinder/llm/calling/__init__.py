"""Asking models: one after the other, each call with a time limit, recorded, its failure understood."""
