"""Reading the model's text: the structured answer where it is one, else the text itself."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

from pydantic_core import from_json, to_json

from rejoinder.errors import ModelTransient
from rejoinder.llm.form.steps import STEPS_SCHEMA, flat, read_steps, words
from rejoinder.llm.form.understanding import read_understanding, share, storable
from rejoinder.llm.model import Answer, Decision, Sentiment, Understanding

_UNDERSTANDING: dict[str, object] = {
    "intent": {"type": "string", "description": "What the customer wants, in snake_case."},
    "sentiment": {"type": "string", "enum": list(get_args(Sentiment))},
    "language": {"type": "string", "description": "ISO 639-1."},
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
        "supported": {"type": "number", "description": "From 0 to 1."},
        "sources": {"type": "array", "items": {"type": "integer"}},
        "done": {"type": "array", "items": {"type": "string"}},
        "actions": STEPS_SCHEMA,
        **_UNDERSTANDING,
    }
)
ANALYSIS_SCHEMA = _object(_UNDERSTANDING)

_MEND = "Try another model if this happens often."
# Reasoning models behind servers without a reasoning parser put their thoughts before the answer.
_THOUGHTS = re.compile(r"\A\s*<think>(.*?)(?:</think>|\Z)", re.DOTALL)
_CODE_FENCE = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)
_NUMBER = re.compile(r"(?<![\d.-])\d{1,3}(?![\d.])", re.ASCII)
_MOST_SOURCES, _MOST_CLAIMS, _LONGEST_CLAIM = 20, 10, 200
_KEYS = re.compile(r'"(?:reply|decision)"\s*:')
_KEYS_OF_AN_ANALYSIS = re.compile(r'"(?:intent|sentiment)"\s*:')


def parse_answer(text: str) -> Answer:
    """The model's answer: the object of ANSWER_SCHEMA if the text is that, else the text.

    Raises ModelTransient when it is empty, cut off or not one of the three decisions, for a second
    try often mends that and a customer must never be sent half an object. All else that the object says (intent,
    sources, actions and the like) never costs the answer: where it is missing or no sense can be made of it, the
    defaults stand.
    """
    said = _bare(text)
    if "{" in said and _KEYS.search(said):
        return _answer(_structured(said))
    return _answer({"reply": said})


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
            "supported": answer.supported,
            "sources": answer.sources,
            "done": answer.done,
            "actions": [flat(step) for step in answer.steps],
            "intent": understood.intent,
            "sentiment": understood.sentiment,
            "language": understood.language,
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


def _answer(found: dict[str, object]) -> Answer:
    reply, reason = _text(found.get("reply")), _text(found.get("reason"))
    told = Answer(
        reply,
        "answer",
        reason,
        read_understanding(found),
        steps=read_steps(found.get("actions")),
        sources=_numbers(found.get("sources")),
        supported=share(found.get("supported")),
        done=_claims(found.get("done")),
    )
    match found.get("decision", "answer"):
        case "silent":
            ending = tuple(step for step in told.steps if step.type == "end_conversation")
            return replace(told, reply="", decision="silent", steps=ending)
        case "hand_off":
            return replace(told, decision="hand_off")
        case "answer" if said := reply or words(told.steps):
            return replace(told, reply=said)
        case "answer":
            raise ModelTransient("The model's answer is empty.", mend=_MEND)
    raise ModelTransient(
        f"The model's decision is none of {', '.join(get_args(Decision))}.", mend=_MEND
    )


def _text(said: object) -> str:
    return storable(said).strip() if isinstance(said, str) else ""


def _numbers(said: object) -> tuple[int, ...]:
    """Numbers of passages, each once; `"[2]"` is one too."""
    found = said if isinstance(said, list) else []
    return tuple(dict.fromkeys(number for each in found if (number := _number(each))))[
        :_MOST_SOURCES
    ]


def _number(said: object) -> int:
    """Of a passage; 0, which no passage has, where it is none."""
    if isinstance(said, str):
        found = _NUMBER.search(said)
        return int(found[0]) if found else 0
    return said if isinstance(said, int) and 0 < said < 1000 and said is not True else 0


def _claims(said: object) -> tuple[str, ...]:
    found = said if isinstance(said, list) else [said]
    texts = (_text(each)[:_LONGEST_CLAIM] for each in found[:_MOST_CLAIMS])
    return tuple(each for each in texts if each)
