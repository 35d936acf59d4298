"""All that a text names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rejoinder.bots.policies import OwnEntity
from rejoinder.llm.model import Entity
from rejoinder.understanding.model import Place
from rejoinder.understanding.naming import contact, counts, money, own, said, when
from rejoinder.understanding.naming.found import Found, entity, settled
from rejoinder.understanding.naming.numbers import comma_decimal
from rejoinder.understanding.naming.plain import Plain, plain

KINDS = (
    "email",
    "phone",
    "url",
    "money",
    "date",
    "time",
    "datetime",
    "quantity",
    "order_number",
    "name",
)
"""What is found without being told of; a bot's own kind of one of these names takes its place."""

_LONGEST = 4_000  # characters read, 65 ms at worst; what comes after is pasted, not written
_SHORT = 25  # characters: up to here the language is a guess ("dos cajas" is taken for Portuguese)
_LATIN = ("vi", "pt", "es", "en")
_MOST = 100  # things kept: a price list is no order


def entities(
    text: str, place: Place, own_kinds: Sequence[OwnEntity], language: str
) -> tuple[Entity, ...]:
    """What the text names, in its order, no two overlapping: the longer stays, then the bot's own, then the surer.

    `language` is an ISO 639-1 code; for one without rules, or "und", every language's rules that share its script are
    tried. Values are pieces of the text; the forms of `normal` stand in docs/understanding.md.
    """
    read = plain(text[:_LONGEST])
    told = {kind.type for kind in own_kinds}
    spoken = languages(read.text, language)
    found = [one for one in _all(read, place, spoken, language) if one.kind not in told]
    found += own.finds(read, own_kinds)
    return tuple(entity(one, read) for one in settled(found)[:_MOST])


def languages(text: str, language: str) -> tuple[str, ...]:
    """Whose rules read a folded text: its language's and English, which chat everywhere borrows from."""
    thai = any("\u0e00" <= char <= "\u0e7f" for char in text)
    if thai:
        return ("th", "en") if any("a" <= char <= "z" for char in text) else ("th",)
    if language in _LATIN and len(text) > _SHORT:
        return (language, "en") if language != "en" else ("en",)
    others = (other for other in _LATIN if other != language)
    return (language, *others) if language in _LATIN else _LATIN


def _all(text: Plain, place: Place, spoken: tuple[str, ...], language: str) -> Iterator[Found]:
    yield from contact.emails(text)
    yield from contact.urls(text)
    yield from contact.phones(text, place, language)
    yield from said.orders(text)
    yield from said.names(text)
    yield from when.moments(text, place, spoken)
    comma = comma_decimal(language, place.country)
    for rules in spoken:
        yield from money.money(text, place, rules, guess=language != rules)
        yield from counts.quantities(text, rules, comma=comma, guess=language not in {rules, "und"})
