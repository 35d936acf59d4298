"""What a graded word counts for, by what the rest of the message is: a question, a wish, a contrast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rejoinder.understanding.feeling.hits import Hit
from rejoinder.understanding.words import Reading
from rejoinder.understanding.words.clauses import asked, asking, clauses

# What came before "but" counts a third, what comes after a little more: customers end with what they mean.
_BEFORE_BUT = 0.3
_AFTER_BUT = 1.15
# "Is it good?" praises nothing; thanks in a request are manners, and beside praise they add little.
_ASKED = 0.3
_MANNERS = 0.4
_THANKS_BESIDE_PRAISE = 0.2
# A plain problem that is asked about, or brought for help, is no displeasure yet.
_MILD = 1.45
_PLAIN_PROBLEM = 0.35


@dataclass(frozen=True, slots=True)
class Bearing:
    """`turn` is the token of the last word of contrast (-1: none), `last` what is said after it."""

    turn: int
    last: float
    numbers: Sequence[int]
    questions: frozenset[int]
    wanted: Sequence[int]
    helped: bool
    supposing: bool
    praised: bool

    def value(self, hit: Hit) -> float:
        """What the word counts for."""
        return self._contrasted(hit) * self._asked(hit) * hit.concession

    def _contrasted(self, hit: Hit) -> float:
        if hit.at > self.turn >= 0:
            return hit.value * _AFTER_BUT
        return hit.value * (_BEFORE_BUT if hit.value * self.last < 0 else 1.0)

    def _asked(self, hit: Hit) -> float:
        in_question = self.numbers[hit.at] in self.questions
        if hit.manners:
            return self._mannered(hit)
        if hit.face:
            return 1.0
        if hit.value > 0:
            return _ASKED if in_question else 1.0
        share = _PLAIN_PROBLEM if self.supposing and in_question else 1.0
        plain = hit.value > -_MILD and (self.helped or in_question)
        return share * (_PLAIN_PROBLEM if plain else 1.0)

    def _mannered(self, hit: Hit) -> float:
        if any(self.numbers[at] <= self.numbers[hit.at] for at in self.wanted):
            return _MANNERS
        return _THANKS_BESIDE_PRAISE if self.praised else 1.0


def bearing(reading: Reading, found: Sequence[Hit]) -> Bearing:
    """What bears on the graded words of a message."""
    turn = max((hit.at for hit in found if hit.kind == "but"), default=-1)
    return Bearing(
        turn=turn,
        last=sum(hit.value for hit in found if hit.at > turn) if turn >= 0 else 0.0,
        numbers=clauses(reading),
        questions=asked(reading),
        wanted=_wanted(reading),
        helped=_helped(reading),
        supposing=any("if" in span.sections for span in reading.wanting),
        praised=any(hit.value > 0 and not hit.manners for hit in found),
    )


def _wanted(reading: Reading) -> list[int]:
    """Where something is asked or wished for."""
    wishes = [span.at for span in reading.wanting if span.sections & {"want", "book"}]
    return wishes + asking(reading)


def _helped(reading: Reading) -> bool:
    """Whether help with something technical is looked for, and no fault is found."""
    sections = {section for span in reading.wanting for section in span.sections}
    return bool(sections & {"trouble", "help"}) and "fault" not in sections
