"""Reading the model's text: the structured answer where it is one, else the text itself."""

from __future__ import annotations

import re
from typing import get_args

from pydantic_core import from_json

from rejoinder.errors import ModelTransient
from rejoinder.llm.model import Answer, Decision

ANSWER_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "decision": {"type": "string", "enum": list(get_args(Decision))},
        "reply": {"type": "string", "description": "The text for the customer."},
        "reason": {"type": "string", "description": "One short sentence for the staff."},
    },
    # strict output wants every property required and no others (OpenAI, "Structured Outputs")
    "required": ["decision", "reply", "reason"],
    "additionalProperties": False,
}

_MEND = "Try another model if this happens often."
# Reasoning models behind servers without a reasoning parser put their thoughts before the answer.
_THOUGHTS = re.compile(r"\A\s*<think>(.*?)(?:</think>|\Z)", re.DOTALL)
_CODE_FENCE = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)
_KEYS = re.compile(r'"(?:reply|decision)"\s*:')
# PostgreSQL's text holds no NUL, UTF-8 no lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def parse_answer(text: str) -> Answer:
    """The model's answer: `{"reply", "decision", "reason"}` if the text is that, else the text.

    Raises ModelTransient when it is empty, cut off or not one of the three decisions, for a second
    try often mends that and a customer must never be sent half an object.
    """
    said = _UNSTORABLE.sub("", _THOUGHTS.sub("", text)).strip()
    if fenced := _CODE_FENCE.match(said):
        said = fenced[1].strip()
    begin, end = said.find("{"), said.rfind("}")
    if begin >= 0 and _KEYS.search(said):
        return _structured(said[begin : end + 1])
    return _answer(said, "answer", "")


def _structured(text: str) -> Answer:
    try:
        found = from_json(text)
    except ValueError:
        raise ModelTransient(
            "The model's structured answer is cut off or broken.", mend=_MEND
        ) from None
    reply, reason = found.get("reply"), found.get("reason")
    return _answer(
        reply if isinstance(reply, str) else "",
        found.get("decision", "answer"),
        reason if isinstance(reason, str) else "",
    )


def _answer(reply: str, decision: object, reason: str) -> Answer:
    reply, reason = (_UNSTORABLE.sub("", text).strip() for text in (reply, reason))
    match decision:
        case "silent":
            return Answer("", "silent", reason)
        case "hand_off":
            return Answer(reply, "hand_off", reason)
        case "answer" if reply:
            return Answer(reply, "answer", reason)
        case "answer":
            raise ModelTransient("The model's answer is empty.", mend=_MEND)
    raise ModelTransient(
        f"The model's decision is none of {', '.join(get_args(Decision))}.", mend=_MEND
    )
