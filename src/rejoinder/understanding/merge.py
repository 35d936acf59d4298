"""A model's reading and the rules' put together."""

from __future__ import annotations

from collections.abc import Iterator

from rejoinder.bots.policies import Understand
from rejoinder.llm.model import Entity, Understanding
from rejoinder.understanding.local import once
from rejoinder.understanding.model import Place
from rejoinder.understanding.naming import normalised

_MOST = 100  # entities of a model that are looked at


def merge(
    local: Understanding, model: Understanding | None, own: Understand, place: Place
) -> Understanding:
    """The model's intent and sentiment where it told them, else the local ones; the things that both named.

    An intent "unknown" of the model's gives way to one the rules know. `confidence` and `source` are those of the
    reading that was kept. `needs` stay as the rules saw them, whatever the model made of them:
    who says "I'll see you in court" needs a person, even under the intent "question".
    """
    if model is None:
        return local
    named = _named(local, model, own, place)
    spoken = model.language if model.language != "und" else local.language
    if not _told(model):
        return Understanding(
            local.intent,
            local.sentiment,
            local.confidence,
            named,
            spoken,
            local.source,
            local.needs,
        )
    wanted = model.intent if model.intent != "unknown" else local.intent
    return Understanding(
        intent=wanted,
        sentiment=model.sentiment,
        confidence=model.confidence,
        entities=named,
        language=spoken,
        source=model.source,
        needs=local.needs | model.needs,
    )


def _told(model: Understanding) -> bool:
    """Whether it said anything of intent and sentiment: the defaults without a confidence are silence."""
    return model.confidence is not None or model.intent != "unknown" or model.sentiment != "neutral"


def _named(
    local: Understanding, model: Understanding, own: Understand, place: Place
) -> tuple[Entity, ...]:
    """The local ones in the order of the text, then what only the model named. Where the two call one value different
    things, the model has read the conversation: its word stands."""
    checked = tuple(_valid(model, own, place))
    called = {_key(entity.value): entity.type for entity in checked}
    kept = [one for one in local.entities if called.get(_key(one.value), one.type) == one.type]
    return once((*kept, *checked))


def _valid(model: Understanding, own: Understand, place: Place) -> Iterator[Entity]:
    for entity in model.entities[:_MOST]:
        if (valid := normalised(entity, place, own.entities)) is not None:
            yield valid


def _key(value: str) -> str:
    return "".join(value.split()).casefold()
