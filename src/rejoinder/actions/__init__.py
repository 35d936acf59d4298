"""The steps of an answer beside its text: checked, made into messages, carried out and kept."""
