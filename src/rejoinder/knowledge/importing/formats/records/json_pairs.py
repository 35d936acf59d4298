"""JSON: a list of pairs of question and answer, as objects or as lists of two, or of any flat objects."""

from __future__ import annotations

import json

from rejoinder.knowledge.importing.formats.model import Read, broken, no_text, too_much
from rejoinder.knowledge.importing.formats.records.faq import sections
from rejoinder.knowledge.importing.formats.text import decode

MOST_RECORDS = 50_000
_MOST_FIELDS = 200


def read(data: bytes, told: str | None) -> Read:
    """Also an object that holds such a list, beside a title perhaps, or question by answer. Raises Invalid."""
    try:
        found: object = json.loads(decode(data, told))
    except (ValueError, RecursionError) as wrong:
        raise broken("JSON", wrong if isinstance(wrong, ValueError) else "it is too deep") from None
    title = ""
    if isinstance(found, dict):
        told_title = found.get("title") or found.get("name")
        lists = [each for each in found.values() if isinstance(each, list)]
        if len(lists) == 1:
            title = told_title if isinstance(told_title, str) else ""
            found = lists[0]
        elif all(isinstance(value, str) for value in found.values()):
            found = [list(pair) for pair in found.items()]
    if not isinstance(found, list):
        raise broken("JSON of questions and answers", "it holds no list of them")
    if not found:
        raise no_text()
    if len(found) > MOST_RECORDS:
        raise too_much(f"It has more than {MOST_RECORDS:,} records")
    return Read(title, "\n\n".join(filter(None, map(_record, found))), "json")


def _record(found: object) -> str:
    if isinstance(found, list) and len(found) == 2:
        return sections(["question", "answer"], [[_value(each) for each in found]])
    if isinstance(found, dict):
        if len(found) > _MOST_FIELDS:
            raise too_much(f"A record has {len(found):,} fields; {_MOST_FIELDS} is the most")
        return sections([str(name) for name in found], [[_value(each) for each in found.values()]])
    raise broken("JSON of questions and answers", "a record is neither an object nor a pair")


def _value(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return ", ".join(str(each) for each in value)
    return json.dumps(value, ensure_ascii=False)
