"""What in the customer's words calls for a person, whatever else they mean."""

from __future__ import annotations

from collections.abc import Sequence

from rejoinder.understanding.wanting import asks_person, needs_people

PERSON = "person"


def needs(texts: Sequence[str], languages: Sequence[str]) -> frozenset[str]:
    """`refund`, `legal`, `emergency`, `abuse` where a message names one, and `person` where one is asked for.

    `languages` are the texts' ISO 639-1 codes, "und" for any.
    """
    found: set[str] = set()
    for text, language in zip(texts, languages, strict=True):
        if (named := needs_people(text, language)) is not None:
            found.add(named)
        if asks_person(text, language):
            found.add(PERSON)
    return frozenset(found)
