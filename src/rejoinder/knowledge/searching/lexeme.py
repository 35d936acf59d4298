"""Words as PostgreSQL's tsvector and tsquery hold them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from rejoinder.text import Stem

# Bytes would be 2,046 at most (Text Search Limitations); 200 characters hold any word that is one.
_LONGEST = 200


def tag(workspace_id: UUID) -> str:
    """What the workspace's lexemes begin with.

    All workspaces share one GIN index: without it, a search would read every workspace's chunks that hold its words.
    """
    return workspace_id.hex[-4:]


def lexeme(tagged: str, word: str) -> str:
    """A word of `text.words`, quoted: such words hold neither a quote nor a backslash."""
    return f"'{tagged}{word[:_LONGEST]}'"


def tsquery(tagged: str, stems: Iterable[Stem]) -> str:
    """A tsquery for any of the words; for none of them, one that finds nothing."""
    found = " | ".join(f"{lexeme(tagged, stem.word)}{':*' if stem.open else ''}" for stem in stems)
    return found or lexeme(tagged, "=")


def concept_word(concept: str) -> str:
    """The word under which a chunk is indexed for a concept; no text yields it."""
    return f"={concept}"
