"""How the customer feels: a sum over graded words, with negation, intensity, contrast and faces."""

from rejoinder.understanding.feeling.judge import sentiment

__all__ = ["sentiment"]
