"""What the guard is given, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rejoinder.llm.model import Line, Passage

Severity = Literal["note", "regenerate", "hand_off", "refuse"]
"""`note`: kept, nothing else; `regenerate`: a second try, then a person; `hand_off`: a person at once; `refuse`: as
`hand_off`, and the text is shown to no customer, not even as a draft."""

SEVERITIES: tuple[Severity, ...] = ("note", "regenerate", "hand_off", "refuse")
"""From the mildest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's verdict. `detail` is for people and for the model's second try; it repeats no secret.

    A check that found nothing is one finding with `ok` and no detail.
    """

    check: str
    ok: bool
    detail: str = ""
    severity: Severity = "note"


@dataclass(frozen=True, slots=True)
class Facts:
    """All a reply may rest on, personal data included: a reply is looked at with its placeholders put back.

    `asked` are the unanswered messages; `history` what was said before, oldest first; `instructions` all that the
    prompt says beside passages and messages (persona, policies, rules); `internal` those of its lines that no customer
    may see (our own rules, the shape of the answer); `passages` the knowledge found; `context` JSON of what is known
    of the customer and their orders. `language` is the customer's, ISO 639-1, "und" where not known. `earlier_replies`
    are the bot's own in this conversation, the newest last. `done_actions` are words for what the business really did
    in this turn or the history ("refunded order 17"); `done` is what the model says the reply claims as done. `limit`
    is the longest text the channel carries, in characters, None for no bound. `suspicious`: `before` found an
    injection. `persona` is the name the bot goes by.
    """

    asked: Sequence[str]
    history: Sequence[Line] = ()
    instructions: str = ""
    passages: Sequence[Passage] = ()
    context: str = ""
    language: str = "und"
    earlier_replies: Sequence[str] = ()
    done: Sequence[str] = ()
    done_actions: Sequence[str] = ()
    internal: str = ""
    persona: str = ""
    limit: int | None = None
    suspicious: bool = False
