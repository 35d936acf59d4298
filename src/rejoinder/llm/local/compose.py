"""One answer to everything the customer said, from set phrases and quotes."""

from __future__ import annotations

from collections.abc import Sequence

from rejoinder.llm.local.intents import agrees, asks, intent
from rejoinder.llm.local.phrases import offers, phrases
from rejoinder.llm.local.pick import COVERED, Picked, pick
from rejoinder.llm.local.understand import scolds
from rejoinder.llm.model import Answer, Passage
from rejoinder.text import language, sentences, terms

# Beside a question, a sentence that asks nothing is mostly circumstance ("I ordered three days ago"):
# it gets a quote only if a passage speaks of nearly all of it ("the price list please").
_TOLD = 0.8


def compose(
    asked: Sequence[str], passages: Sequence[Passage], *, before: str = "", last_reply: str = ""
) -> Answer:
    """The answer to the unanswered messages `asked`, in their language.

    `before` is what the customer wrote earlier (its language serves where `asked` shows none),
    `last_reply` what the business said last: a "yes" to its offer of a person is taken at its word.
    """
    together = "\n".join(asked)
    code = next((found for text in (together, before) if (found := language(text)) != "und"), "en")
    say = phrases(code)
    lines = [sentence for message in asked for sentence in sentences(message)]
    wants = {intent(line) for line in lines}
    if "person" in wants:
        return Answer(say.hand_off, "hand_off", "The customer asks for a person.")
    if last_reply.endswith(offers()) and agrees(together):
        return Answer(say.hand_off, "hand_off", "The customer accepts the offer of a person.")
    questions = _whole_questions(
        [line for line in lines if intent(line) == "question" and not scolds(line)]
    )
    if questions:
        return _answered(questions, passages, code, identity="identity" in wants)
    for want, reply in (
        ("identity", say.identity),
        ("thanks", say.thanks),
        ("goodbye", say.goodbye),
        ("greeting", say.greeting),
    ):
        if want in wants:
            return Answer(reply, "answer", f"Small talk: {want}.")
    return Answer(f"{say.unknown} {say.offer}", "answer", "Nothing in it could be looked up.")


def _whole_questions(lines: Sequence[str]) -> list[str]:
    """The questions, one that only asks "how much?" or "how long?" joined to its neighbour, which it is about."""
    whole: list[str] = []
    for line in lines:
        if whole and not (_names_something(whole[-1]) and _names_something(line)):
            whole[-1] += f" {line}"
        else:
            whole.append(line)
    return whole


def _names_something(line: str) -> bool:
    return any(term.word for term in terms(line))


def _answered(
    questions: Sequence[str], passages: Sequence[Passage], code: str, *, identity: bool
) -> Answer:
    """Each question's quote once; what is left open is said, with the offer of a person."""
    say = phrases(code)
    some_asks = any(map(asks, questions))
    found = [
        (line, pick(line, passages, COVERED if asks(line) or not some_asks else _TOLD))
        for line in questions
    ]
    quotes = {picked.quote: picked for _, picked in found if picked}
    if not quotes and len(questions) > 1 and (whole := pick(" ".join(questions), passages)):
        quotes, found = {whole.quote: whole}, []  # one question, typed in pieces
    opening = [say.identity] if identity else []
    if not quotes:
        reply = [*opening, f"{say.unknown} {say.offer}"]
        return Answer("\n\n".join(reply), "answer", "No passage speaks of what was asked.")
    reply = [*opening, *(_spoken(picked, code) for picked in quotes.values())]
    if any(picked is None and asks(line) for line, picked in found):
        reply.append(f"{say.rest_unknown} {say.offer}")
    titles = ", ".join(dict.fromkeys(picked.title for picked in quotes.values()))
    return Answer("\n\n".join(reply), "answer", f"Quoted from: {titles}.")


def _spoken(picked: Picked, code: str) -> str:
    return f"{phrases(code).foreign}\n{picked.quote}" if picked.foreign else picked.quote
