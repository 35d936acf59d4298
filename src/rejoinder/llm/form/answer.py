"""Reading the model's text: the structured answer where it is one, else the text itself."""

from __future__ import annotations

import re
from typing import get_args

from pydantic_core import from_json, to_json

from rejoinder.errors import ModelTransient
from rejoinder.llm.form.understanding import read_understanding, storable
from rejoinder.llm.model import Answer, Decision, Sentiment, Understanding

_UNDERSTANDING: dict[str, object] = {
    "intent": {"type": "string", "description": "What the customer wants, in snake_case."},
    "sentiment": {"type": "string", "enum": list(get_args(Sentiment))},
    "confidence": {"type": "number", "description": "From 0 to 1."},
    # a list of pairs: strict output knows no object with free keys
    "entities": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"type": {"type": "string"}, "value": {"type": "string"}},
            "required": ["type", "value"],
            "additionalProperties": False,
        },
    },
}


def _object(properties: dict[str, object]) -> dict[str, object]:
    # strict output wants every property required and no others (OpenAI, "Structured Outputs")
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


ANSWER_SCHEMA = _object(
    {
        "decision": {"type": "string", "enum": list(get_args(Decision))},
        "reply": {"type": "string", "description": "The text for the customer."},
        "reason": {"type": "string", "description": "One short sentence for the staff."},
        **_UNDERSTANDING,
    }
)
ANALYSIS_SCHEMA = _object(_UNDERSTANDING)

_MEND = "Try another model if this happens often."
# Reasoning models behind servers without a reasoning parser put their thoughts before the answer.
_THOUGHTS = re.compile(r"\A\s*<think>(.*?)(?:</think>|\Z)", re.DOTALL)
_CODE_FENCE = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)
_KEYS = re.compile(r'"(?:reply|decision)"\s*:')
_KEYS_OF_AN_ANALYSIS = re.compile(r'"(?:intent|sentiment)"\s*:')


def parse_answer(text: str) -> Answer:
    """The model's answer: the object of ANSWER_SCHEMA if the text is that, else the text.

    Raises ModelTransient when it is empty, cut off or not one of the three decisions, for a second
    try often mends that and a customer must never be sent half an object. What the object says of intent, sentiment
    and the like never costs the answer: where it is missing or no sense can be made of it, the defaults stand.
    """
    said = _bare(text)
    if "{" in said and _KEYS.search(said):
        found = _structured(said)
        reply, reason = found.get("reply"), found.get("reason")
        return _answer(
            reply if isinstance(reply, str) else "",
            found.get("decision", "answer"),
            reason if isinstance(reason, str) else "",
            read_understanding(found),
        )
    return _answer(said, "answer", "", Understanding())


def parse_analysis(text: str) -> Understanding:
    """What the model understood: the object of ANALYSIS_SCHEMA, or of ANSWER_SCHEMA, which holds the same.

    Raises ModelTransient for a text that tells neither intent nor sentiment.
    """
    said = _bare(text)
    if "{" not in said or not _KEYS_OF_AN_ANALYSIS.search(said):
        raise ModelTransient("The model's analysis tells no intent and no sentiment.", mend=_MEND)
    return read_understanding(_structured(said))


def as_json(answer: Answer) -> str:
    """The answer as the object of ANSWER_SCHEMA, for models that are programs."""
    understood = answer.understanding
    return to_json(
        {
            "decision": answer.decision,
            "reply": answer.reply,
            "reason": answer.reason,
            "intent": understood.intent,
            "sentiment": understood.sentiment,
            "confidence": understood.confidence,
            "entities": [
                {"type": entity.type, "value": entity.value} for entity in understood.entities
            ],
        }
    ).decode()


def _bare(text: str) -> str:
    said = storable(_THOUGHTS.sub("", text)).strip()
    fenced = _CODE_FENCE.match(said)
    return fenced[1].strip() if fenced else said


def _structured(said: str) -> dict[str, object]:
    try:
        found: dict[str, object] = from_json(said[said.find("{") : said.rfind("}") + 1])
    except ValueError:
        raise ModelTransient(
            "The model's structured answer is cut off or broken.", mend=_MEND
        ) from None
    return found


def _answer(reply: str, decision: object, reason: str, understood: Understanding) -> Answer:
    reply, reason = storable(reply).strip(), storable(reason).strip()
    match decision:
        case "silent":
            return Answer("", "silent", reason, understood)
        case "hand_off":
            return Answer(reply, "hand_off", reason, understood)
        case "answer" if reply:
            return Answer(reply, "answer", reason, understood)
        case "answer":
            raise ModelTransient("The model's answer is empty.", mend=_MEND)
    raise ModelTransient(
        f"The model's decision is none of {', '.join(get_args(Decision))}.", mend=_MEND
    )
