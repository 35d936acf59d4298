"""The HTTP surface of the documents this program was asked for by: their paths, their fields, our machine."""
