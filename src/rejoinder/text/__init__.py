"""Folding, segmentation, language: what search and the local model know about written language."""

from rejoinder.text.fold import fold
from rejoinder.text.graphemes import boundary
from rejoinder.text.language import language
from rejoinder.text.likeness import Stem, likeness, stems
from rejoinder.text.sentences import clauses, sentences
from rejoinder.text.terms import Term, concepts, spelling, terms
from rejoinder.text.thai import warm
from rejoinder.text.words import words

__all__ = [
    "Stem",
    "Term",
    "boundary",
    "clauses",
    "concepts",
    "fold",
    "language",
    "likeness",
    "sentences",
    "spelling",
    "stems",
    "terms",
    "warm",
    "words",
]
