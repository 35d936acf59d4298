"""Every check by its name: what a bot's settings switch off, and what its findings are stored under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rejoinder.guard.model import Severity


@dataclass(frozen=True, slots=True)
class Named:
    """When a check runs, what it looks at, and how severe its finding is."""

    when: Literal["before", "after"]
    looks_at: str
    severity: Severity


CHECKS: dict[str, Named] = {
    "injection": Named("before", "instructions to the bot in the customer's words", "note"),
    "abuse": Named("before", "threats, hatred and sexual harassment", "note"),
    "language": Named("before", "a language the bot does not answer in", "note"),
    "length": Named("before", "more characters than longest_question", "note"),
    "gibberish": Named("before", "nothing that could be read", "note"),
    "empty": Named("after", "a reply of no words", "regenerate"),
    "broken_output": Named(
        "after", "JSON, code fences, template marks, our own tags", "regenerate"
    ),
    "unresolved_placeholder": Named("after", "a placeholder that stands for nothing", "regenerate"),
    "too_long": Named("after", "more characters than longest_reply", "regenerate"),
    "repeated": Named("after", "one of the bot's last replies over again", "regenerate"),
    "banned_words": Named("after", "the bot's banned_words", "regenerate"),
    "banned_topics": Named("after", "the bot's banned_topics", "regenerate"),
    "unknown_link": Named("after", "a link or domain that stands nowhere", "regenerate"),
    "unknown_contact": Named(
        "after",
        "an email address, phone, card or identity number that stands nowhere",
        "regenerate",
    ),
    "leaked_prompt": Named("after", "the bot's instructions told to a customer", "regenerate"),
    "secrets": Named("after", "keys, passwords and tokens", "refuse"),
    "wrong_language": Named("after", "another language than the customer's", "regenerate"),
    "persona_change": Named("after", "the bot speaking as somebody else", "regenerate"),
    "insult": Named("after", "names the customer is called, threats, hatred", "regenerate"),
    "promise": Named("after", "something told as done that was not done", "regenerate"),
    "ungrounded_offer": Named(
        "after",
        "a discount, gift, guarantee or medical assurance that stands nowhere",
        "regenerate",
    ),
}


def unknown(names: Iterable[str]) -> list[str]:
    """Those of `names` that no check has, sorted."""
    return sorted(set(names) - CHECKS.keys())
