"""What in a message speaks for each intent, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rejoinder.understanding.feeling.balance import Balance
from rejoinder.understanding.words import Reading
from rejoinder.understanding.words.clauses import ADDRESS, asking, closes

_FORMULAS = frozenset({"greet", "bye", "thanks", "filler", "credit"})
# Vietnamese asks with a closing word that elsewhere denies.
_CLOSING = {"vi": ("không", "khong", "ko", "k", "hông", "hong", "hok", "hk", "kg", "chưa", "chua")}


@dataclass(frozen=True, slots=True)
class Cues:
    """How many phrases of each section there are; `content` counts the tokens outside formulas."""

    greet: int
    bye: int
    thanks: int
    credit: int
    ask: int
    why: int
    particle: int
    want: int
    act: int
    book: int
    trouble: int
    tech: int
    help: int
    supposed: int
    fault: int
    content: int
    question_mark: bool
    begins_with_act: bool
    ends_with_bye: bool
    good: float
    bad: float


def cues(reading: Reading, weighed: Balance) -> Cues:
    """Count them."""
    counted: Counter[str] = Counter(
        section for span in reading.wanting for section in span.sections
    )
    asks = frozenset(asking(reading))
    marks = "".join(token.form for token in reading.row if token.kind == "end")
    return Cues(
        greet=counted["greet"],
        bye=counted["bye"],
        thanks=counted["thanks"],
        credit=counted["credit"],
        ask=sum(span.at in asks and "ask" in span.sections for span in reading.wanting),
        why=counted["why"],
        particle=_closing(reading)
        + sum("particle" in span.sections and closes(reading, span) for span in reading.wanting),
        want=counted["want"],
        act=counted["act"],
        book=counted["book"],
        trouble=counted["trouble"],
        tech=counted["tech"],
        help=counted["help"],
        supposed=counted["if"],
        fault=_faults(reading),
        content=_content(reading),
        question_mark="?" in marks or "？" in marks,
        begins_with_act=_begins(reading),
        ends_with_bye=_ends(reading),
        good=weighed.good,
        bad=weighed.bad,
    )


def _faults(reading: Reading) -> int:
    """Faults found; "not bad" and "never late" are none."""
    absolved: set[int] = set()
    for span in reading.feeling:
        if "not" in span.sections:
            absolved.add(span.at + span.length)
        elif span.sections & {"+1", "+2", "+3"}:
            absolved.update(range(span.at, span.at + span.length))
    return sum("fault" in span.sections and span.at not in absolved for span in reading.wanting)


def _content(reading: Reading) -> int:
    formal = {
        at
        for span in reading.wanting
        if span.sections & _FORMULAS
        for at in range(span.at, span.at + span.length)
    }
    return sum(
        token.kind in ("word", "other", "number") and at not in formal
        for at, token in enumerate(reading.row)
    )


def _begins(reading: Reading) -> bool:
    """Whether the first words that are no greeting tell to do something."""
    for span in reading.wanting:
        if span.sections & {"greet", "filler"}:
            continue
        return "act" in span.sections and span.at <= 4
    return False


def _ends(reading: Reading) -> bool:
    """Whether the last phrase known is a farewell."""
    spans = [span for span in reading.wanting if span.sections - {"filler"}]
    return bool(spans) and "bye" in spans[-1].sections


def _closing(reading: Reading) -> int:
    words = _CLOSING.get(reading.language, ())
    found = 0
    for at, token in enumerate(reading.row):
        following = reading.row[at + 1 : at + 3]
        last = not following or following[0].kind == "end" or following[0].form in ADDRESS
        found += token.form in words and at > 0 and last
    return found
