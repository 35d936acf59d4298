"""What a run says: figures in, lines out."""
