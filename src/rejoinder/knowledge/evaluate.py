"""How well search and the local model answer a fixed set of customers' questions about the demo shop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from pydantic import TypeAdapter

from rejoinder.db import Read
from rejoinder.knowledge.model import Found
from rejoinder.knowledge.search import search
from rejoinder.knowledge.searching.meaning import Meaning, forget
from rejoinder.llm.local.compose import compose
from rejoinder.llm.local.phrases import phrases
from rejoinder.llm.model import Passage
from rejoinder.usage.model import Call


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `document`, `heading` and `fact` (words of a right answer) are None if it has no answer.

    With a document alone any of its chunks is right; without a `fact` nobody judges the answer.
    """

    language: str
    question: str
    document: str | None = None
    heading: str | None = None
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: the expected chunk's place (1 is best, 0 not found) and the reply."""

    question: Question
    place: int
    reply: str
    declined: bool

    @property
    def right(self) -> bool:
        """The reply holds the fact; for a question without answer, that it says so."""
        if self.question.document is None:
            return self.declined
        return not self.declined and (self.question.fact or "") in self.reply

    @property
    def false(self) -> bool:
        """It answers, and not what was asked."""
        return not self.declined and not self.right


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes of an evaluation."""

    outcomes: tuple[Outcome, ...]

    def recall(self, depth: int, language: str = "") -> float:
        """The share of answerable questions whose chunk is among the first `depth` found."""
        answerable = [found for found in self._of(language) if found.question.document]
        return _share(answerable, lambda found: 0 < found.place <= depth)

    def mrr(self, language: str = "") -> float:
        """The mean reciprocal rank: of the answerable questions' chunks, 1 / place, 0 for those not found."""
        answerable = [found for found in self._of(language) if found.question.document]
        places = [1 / found.place if found.place else 0.0 for found in answerable]
        return sum(places) / len(places) if places else 1.0

    def answered(self, language: str = "") -> float:
        """The share of answerable questions whose reply holds the fact."""
        answerable = [found for found in self._of(language) if found.question.document]
        return _share(answerable, lambda found: found.right)

    def declined(self, language: str = "") -> float:
        """The share of questions without an answer to which the model says that it doesn't know."""
        return _share(
            [found for found in self._of(language) if not found.question.document],
            lambda found: found.right,
        )

    def false_answers(self, language: str = "") -> float:
        """The share of all questions that got an answer which is not to the question."""
        return _share(self._of(language), lambda found: found.false)

    @property
    def languages(self) -> list[str]:
        """Those of the questions, in order."""
        return list(dict.fromkeys(found.question.language for found in self.outcomes))

    def figures(self, language: str = "") -> dict[str, float]:
        """All of it for one language, or for all."""
        return {
            "questions": len(self._of(language)),
            "recall@1": self.recall(1, language),
            "recall@3": self.recall(3, language),
            "recall@5": self.recall(5, language),
            "mrr": self.mrr(language),
            "answered": self.answered(language),
            "declined": self.declined(language),
            "false_answers": self.false_answers(language),
        }

    def lines(self) -> list[str]:
        """The report as a table: a row for each language and one for all."""
        head = (
            f"{'':8} questions  recall@1  recall@3  recall@5   MRR  answered  declined when it should"
            "  false answers"
        )
        return [head, *(self._row(language) for language in [*self.languages, ""])]

    def _row(self, language: str) -> str:
        return (
            f"{language or 'all':8} {len(self._of(language)):9d}  {self.recall(1, language):8.0%}"
            f"  {self.recall(3, language):8.0%}  {self.recall(5, language):8.0%}  {self.mrr(language):4.2f}"
            f"  {self.answered(language):8.0%}  {self.declined(language):23.0%}"
            f"  {self.false_answers(language):13.0%}"
        )

    def _of(self, language: str) -> list[Outcome]:
        return [found for found in self.outcomes if language in ("", found.question.language)]


async def evaluate(
    read: Read,
    questions: Sequence[Question] | None = None,
    meaning: Meaning | None = None,
    record: Callable[[Call], None] = forget,
) -> Report:
    """Ask each question (the demo's 75 by default) of a workspace, which for those holds the demo documents.

    With `meaning` search is by words and by vectors; `record` gets the calls that made them.
    """
    asked = fixed() if questions is None else questions
    return Report(tuple([await _ask(read, question, meaning, record) for question in asked]))


def fixed() -> list[Question]:
    """The 75 questions in `demo/questions.jsonl`."""
    return parse(
        files("rejoinder.knowledge.demo").joinpath("questions.jsonl").read_text(encoding="utf-8")
    )


def parse(lines: str) -> list[Question]:
    """Questions from JSON lines. Raises pydantic's ValidationError for a line that is none."""
    adapter = TypeAdapter(Question)
    return [adapter.validate_json(line) for line in lines.splitlines() if line.strip()]


def passages(found: Sequence[Found]) -> tuple[Passage, ...]:
    """Search results as the passages of a prompt."""
    return tuple(Passage(hit.label, hit.text, hit.score) for hit in found)


async def _ask(
    read: Read, question: Question, meaning: Meaning | None, record: Callable[[Call], None]
) -> Outcome:
    meant = await meaning.of(question.question, record) if meaning else None
    found = await search(
        read,
        question.question,
        vector=meant.vector if meant else None,
        model=meant.model if meant else None,
    )
    place = next((at for at, hit in enumerate(found, 1) if _expected(hit, question)), 0)
    answer = compose([question.question], passages(found))
    say = phrases(question.language)
    declined = say.unknown in answer.reply or answer.decision != "answer"
    return Outcome(question, place, answer.reply, declined)


def _expected(hit: Found, question: Question) -> bool:
    """A document is named by its source or the end of it: a file's name, the last part of an address."""
    if question.document is None:
        return False
    there = f"/{hit.source}".endswith(f"/{question.document.lstrip('/')}")
    return there and question.heading in (None, hit.heading)


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float:
    return sum(map(holds, outcomes)) / len(outcomes) if outcomes else 1.0
