"""What a person gave to connect an account, held against what its platform asks for; pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from rejoinder.channels.port.adapter import Field
from rejoinder.errors import Invalid

LONGEST = 4096
"""Characters. Access tokens of Meta have some 250; a PEM key has 1,700."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: which field, and what about it. It never holds the value."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Read:
    """The texts that can be used, and what is wrong with the others."""

    texts: dict[str, str]
    problems: tuple[Problem, ...]


def read(fields: Sequence[Field], given: Mapping[str, JsonValue], where: str) -> Read:
    """The fields' texts among what was given; what is null counts as left out. `where` names the object in errors."""
    known = {each.name for each in fields}
    texts: dict[str, str] = {}
    problems = [
        Problem(f"{where}.{name}"[:100], f"is not known; there is {_names(fields)}")
        for name in sorted(given.keys() - known)
    ]
    for each in fields:
        value = given.get(each.name)
        if isinstance(value, str):
            value = value.strip()
        wrong = _wrong(each, value)
        if wrong:
            problems.append(Problem(f"{where}.{each.name}", wrong))
        elif isinstance(value, str) and value:
            texts[each.name] = value
    return Read(texts, tuple(problems))


def make(fields: Sequence[Field], present: Mapping[str, str]) -> dict[str, str]:
    """A random text for each field that we make up and that is not there."""
    return {
        each.name: secrets.token_urlsafe(24)
        for each in fields
        if each.made and each.name not in present
    }


def refuse(problems: Sequence[Problem]) -> None:
    """Raise Invalid that names every problem, if there is one."""
    if problems:
        raise Invalid(
            " ".join(f"{each.where} {each.what.rstrip('.')}." for each in problems),
            mend="GET /api/v1/platforms and `rejoinder channel platforms` list what each takes, and where it is found.",
            where=problems[0].where,
        )


def is_needed(each: Field) -> bool:
    """Whether a person must give it."""
    return each.required and not each.made and each.usual is None


def _wrong(each: Field, value: JsonValue) -> str | None:
    if value is None or value == "":
        return f"is missing: {_what(each)}" if is_needed(each) else None
    if not isinstance(value, str):
        return f"must be a text: {_what(each)}"
    if len(value) > LONGEST:
        return f"is longer than {LONGEST} characters: {_what(each)}"
    if not value.isprintable():
        return f"holds a line break or another control character: {_what(each)}"
    if each.pattern is not None and not re.fullmatch(each.pattern, value):
        return f"has not the form of this: {_what(each)}"
    return None


def _what(each: Field) -> str:
    return f"{each.title} ({each.where.rstrip('.')})" if each.where else each.title


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(_each_name(fields)) or "none"


def _each_name(fields: Sequence[Field]) -> Iterator[str]:
    for each in fields:
        yield each.name
