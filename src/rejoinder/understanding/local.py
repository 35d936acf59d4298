"""The unanswered messages, read by rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rejoinder.bots.policies import Understand
from rejoinder.llm.model import Entity, Understanding
from rejoinder.text import language
from rejoinder.understanding.feeling import sentiment
from rejoinder.understanding.model import Place
from rejoinder.understanding.naming import entities
from rejoinder.understanding.needs import needs
from rejoinder.understanding.together import felt, wanted
from rejoinder.understanding.wanting import intent


def understand(texts: Sequence[str], own: Understand, place: Place) -> Understanding:
    """What the messages say together, each read for itself; without I/O, about 1 ms for a few lines of chat.

    `confidence` is the mean of those in the intent and in the sentiment. `needs` stands beside the intent: a threat of
    court is a complaint, and a person's as well.
    """
    said = [text for text in texts if text.strip()]
    if not said:
        return Understanding(source="local")
    together = _language(said)
    spoken = [code if (code := language(text)) != "und" else together for text in said]
    read = list(zip(said, spoken, strict=True))
    aim, sure = _wanted(read, own)
    mood, clear = felt([sentiment(text, code) for text, code in read])
    return Understanding(
        intent=aim,
        sentiment=mood,
        confidence=round((sure + clear) / 2, 3),
        entities=once(
            one for text, code in read for one in entities(text, place, own.entities, code)
        ),
        language=together,
        source="local",
        needs=needs(said, spoken),
    )


def once(named: Iterable[Entity]) -> tuple[Entity, ...]:
    """Each thing once, by its type and its one form, where it came first."""
    kept: dict[tuple[str, str], Entity] = {}
    for entity in named:
        kept.setdefault((entity.type, entity.normal or entity.value), entity)
    return tuple(kept.values())


def _language(said: Sequence[str]) -> str:
    """That of all together, else of the newest message that shows one."""
    together = language("\n".join(said))
    if together != "und" or len(said) == 1:
        return together
    return next((code for text in reversed(said) if (code := language(text)) != "und"), "und")


def _wanted(read: Sequence[tuple[str, str]], own: Understand) -> tuple[str, float]:
    found = wanted([intent(text, code, own.intents) for text, code in read])
    if found[0] != "unknown" or len(read) == 1:
        return found
    # "I would like" · "to return it": one sentence in two messages
    return intent(" ".join(text for text, _ in read), read[-1][1], own.intents)
