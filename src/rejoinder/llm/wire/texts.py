"""Messages as texts with roles, and files between them: what every chat format is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters

from rejoinder.errors import ModelRefused
from rejoinder.llm.form.messages import read_all_instructions

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Text:
    """What one side says before the other does: texts, and the files between them."""

    role: Role
    parts: tuple[str | BinaryContent, ...]

    @property
    def text(self) -> str:
        """The texts alone."""
        return "\n".join(part for part in self.parts if isinstance(part, str))


def texts(messages: Sequence[ModelMessage], parameters: ModelRequestParameters) -> Iterator[Text]:
    """The instructions as `system`, then the messages. Raises ModelRefused for other parts and for tools."""
    if parameters.function_tools or parameters.output_tools or parameters.native_tools:
        raise ModelRefused("This model takes no tools.", mend="Ask it for text.")
    if parameters.instruction_parts is None:
        instructions = read_all_instructions(messages)
    else:
        instructions = "\n\n".join(part.content for part in parameters.instruction_parts)
    if instructions:
        yield Text("system", (instructions,))
    for message in messages:
        if isinstance(message, ModelRequest):
            system = [part.content for part in message.parts if isinstance(part, SystemPromptPart)]
            user = [each for part in message.parts for each in _user(part)]
            yield from _turn("system", system)
            yield from _turn("user", user)
        else:
            own = [text for part in message.parts for text in _own_text(part)]
            yield from _turn("assistant", own)


def _turn(role: Role, said: Sequence[str | BinaryContent]) -> Iterator[Text]:
    if said:
        yield Text(role, tuple(_joined(said)))


def _joined(said: Sequence[str | BinaryContent]) -> Iterator[str | BinaryContent]:
    for words, run in groupby(said, key=lambda each: isinstance(each, str)):
        if words:
            yield "\n".join(each for each in run if isinstance(each, str))
        else:
            yield from run


def _user(part: ModelRequestPart) -> list[str | BinaryContent]:
    match part:
        case UserPromptPart(content=str(text)):
            return [text]
        case UserPromptPart(content=contents):
            taken = [each for each in contents if isinstance(each, str | BinaryContent)]
            if len(taken) == len(contents):
                return taken
        case SystemPromptPart():
            return []
    raise _only_text(part)


def _own_text(part: ModelResponsePart) -> list[str]:
    match part:
        case TextPart(content=text):
            return [text]
        case ThinkingPart():
            return []
    raise _only_text(part)


def _only_text(part: ModelRequestPart | ModelResponsePart) -> ModelRefused:
    return ModelRefused(
        f"This model takes text and files only, not a {part.part_kind} part.", mend="Send text."
    )
