"""A message as the words, faces and phrases that tell feeling and wanting, in five languages."""

from rejoinder.understanding.words.reading import WEAK, Reading, read

__all__ = ["WEAK", "Reading", "read"]
