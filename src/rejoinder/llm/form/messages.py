"""The form of a prompt: how the parts of a `Prompt` become messages, and back.

Whatever a customer wrote and whatever a passage holds is data and stands in fences. The instructions with the standing
rules come first and the same each time; what belongs to one turn stands in the last request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition

from rejoinder.llm.form.answer import ANALYSIS_SCHEMA, ANSWER_SCHEMA, parse_analysis, parse_answer
from rejoinder.llm.form.fences import attachment, between, fenced, passage, passages
from rejoinder.llm.form.rules import ANALYSIS_RULES, RULES, RULES_OF, SUMMARY_RULES
from rejoinder.llm.model import Line, Passage, Prompt, Purpose

__all__ = [
    "ANALYSIS_RULES",
    "ANALYSIS_SCHEMA",
    "ANSWER_SCHEMA",
    "RULES",
    "SUMMARY_RULES",
    "as_text",
    "parse_analysis",
    "parse_answer",
    "read_all_instructions",
    "read_asked",
    "read_context",
    "read_hints",
    "read_history",
    "read_instructions",
    "read_passages",
    "read_profile",
    "read_purpose",
    "read_summary",
    "read_task",
    "to_messages",
]


def _parameters(schema: dict[str, object], name: str) -> ModelRequestParameters:
    form = OutputObjectDefinition(json_schema=schema, name=name, strict=True)
    return ModelRequestParameters(output_mode="native", output_object=form)


# One object for all calls: models read it and copy it when they change it.
_PARAMETERS: dict[Purpose, ModelRequestParameters] = {
    "answer": _parameters(ANSWER_SCHEMA, "answer"),
    "analyse": _parameters(ANALYSIS_SCHEMA, "analysis"),
    "summarise": ModelRequestParameters(),
}

_BEFORE = "(What the customer wrote before this is left out.)"


def to_messages(
    prompt: Prompt, takes: frozenset[str] = frozenset()
) -> tuple[list[ModelMessage], ModelRequestParameters]:
    """The prompt as pydantic-ai messages, the asked last; roles alternate, templates insist.

    Attachments are left out whose MIME type is not among those that the model `takes`.
    """
    rules = RULES_OF[prompt.purpose]
    instructions = f"{prompt.instructions}\n\n{rules}"
    if (
        prompt.purpose == "summarise"
    ):  # the conversation is what it is about, not what it takes part in
        parts = [*_told("summary", prompt.summary), *map(_line, prompt.history)]
        return [_request(parts, instructions)], _PARAMETERS["summarise"]
    runs = [
        (speaker, [line.text for line in lines])
        for speaker, lines in groupby(prompt.history, key=_speaker)
    ]
    # customer lines at the end of the history share the last request
    trailing = runs.pop()[1] if runs and runs[-1][0] == "customer" else []
    messages = [_past(speaker, texts) for speaker, texts in runs]
    if messages and isinstance(
        messages[0], ModelResponse
    ):  # Gemini and some templates refuse to begin with a reply
        messages.insert(0, _request([_BEFORE]))
    messages.append(_request(_now(prompt, trailing, takes), instructions))
    return messages, _PARAMETERS[prompt.purpose]


def _now(
    prompt: Prompt, trailing: Sequence[str], takes: frozenset[str]
) -> Iterator[str | BinaryContent]:
    """What belongs to this turn: what is known, what was written since, what is to be done."""
    for number, found in enumerate(prompt.passages, 1):
        yield passage(number, found)
    yield from _told("context", prompt.context)
    yield from _told("profile", prompt.profile)
    yield from _told("summary", prompt.summary)
    for text in trailing:
        yield fenced("message", text)
    yield from _told("hints", prompt.hints)
    for number, text in enumerate(prompt.asked):
        yield fenced("unanswered", text)
        yield from _attached(prompt, number, takes)
    yield from _told("task", prompt.task)


def read_passages(messages: Sequence[ModelMessage]) -> list[Passage]:
    """The passages of `to_messages`' prompt, best first as they were given."""
    return passages(_last_text(messages))


def read_asked(messages: Sequence[ModelMessage]) -> list[str]:
    """The unanswered messages of `to_messages`' prompt, in order."""
    return between("unanswered", _last_text(messages))


def read_context(messages: Sequence[ModelMessage]) -> str:
    """The context of `to_messages`' prompt, empty if there is none."""
    return _first("context", messages)


def read_profile(messages: Sequence[ModelMessage]) -> str:
    """What `to_messages`' prompt tells of the customer."""
    return _first("profile", messages)


def read_summary(messages: Sequence[ModelMessage]) -> str:
    """What `to_messages`' prompt tells of what was said before its history."""
    return _first("summary", messages)


def read_hints(messages: Sequence[ModelMessage]) -> str:
    """What `to_messages`' prompt takes the unanswered messages to mean."""
    return _first("hints", messages)


def read_task(messages: Sequence[ModelMessage]) -> str:
    """What `to_messages`' prompt asks for this once."""
    return _first("task", messages)


def read_history(messages: Sequence[ModelMessage]) -> list[Line]:
    """The history of `to_messages`' prompt; lines of the business that followed each other are one."""
    lines: list[Line] = []
    for message in messages:
        if isinstance(message, ModelResponse):
            lines.append(Line("business", _text(message)))
        else:
            lines.extend(Line("customer", text) for text in between("message", _text(message)))
    return lines


def read_purpose(messages: Sequence[ModelMessage]) -> Purpose:
    """What `to_messages`' prompt asks for."""
    told = read_all_instructions(messages)
    return next((purpose for purpose, rules in RULES_OF.items() if told.endswith(rules)), "answer")


def read_instructions(messages: Sequence[ModelMessage]) -> str:
    """The instructions of `to_messages`' prompt, without the standing rules."""
    rules = RULES_OF[read_purpose(messages)]
    return read_all_instructions(messages).removesuffix(f"\n\n{rules}")


def read_all_instructions(messages: Sequence[ModelMessage]) -> str:
    """The instructions that apply to the last request, empty if there are none."""
    for message in reversed(messages):
        if isinstance(message, ModelRequest):
            return message.instructions or ""
    return ""


def as_text(messages: Sequence[ModelMessage]) -> str:
    """The whole prompt as a person reads it in the log of model calls: a paragraph a message."""
    turns = [f"system: {read_all_instructions(messages)}"]
    for message in messages:
        role = "user" if isinstance(message, ModelRequest) else "assistant"
        turns.append(f"{role}: {_text(message)}")
    return "\n\n".join(turns)


def _request(parts: Iterable[str | BinaryContent], instructions: str | None = None) -> ModelRequest:
    return ModelRequest(
        parts=[UserPromptPart(part if isinstance(part, str) else [part]) for part in parts],
        instructions=instructions,
    )


def _attached(prompt: Prompt, number: int, takes: frozenset[str]) -> Iterator[str | BinaryContent]:
    for each in prompt.attachments:
        if each.asked == number and each.mime_type in takes:
            yield attachment(each.kind)
            yield BinaryContent(each.data, media_type=each.mime_type)


def _speaker(line: Line) -> str:
    return line.speaker


def _past(speaker: str, texts: list[str]) -> ModelMessage:
    if speaker == "business":
        return ModelResponse(parts=[TextPart("\n\n".join(texts))])
    return _request(fenced("message", text) for text in texts)


def _line(line: Line) -> str:
    return fenced("message" if line.speaker == "customer" else "reply", line.text)


def _told(tag: str, text: str) -> list[str]:
    return [fenced(tag, text)] if text else []


def _first(tag: str, messages: Sequence[ModelMessage]) -> str:
    return next(iter(between(tag, _last_text(messages))), "")


def _last_text(messages: Sequence[ModelMessage]) -> str:
    return _text(messages[-1]) if messages else ""


def _text(message: ModelMessage) -> str:
    contents = (getattr(part, "content", None) for part in message.parts)
    return "\n".join(text for content in contents if (text := _words(content)))


def _words(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(
        f"[{part.media_type}, {len(part.data)} bytes]" if isinstance(part, BinaryContent) else part
        for part in parts
        if isinstance(part, str | BinaryContent)
    )
