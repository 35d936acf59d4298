"""The OpenAI chat-completions format, for every server that speaks it."""

from typing import ClassVar

from rejoinder.llm.openai import wire as openai_wire
from rejoinder.llm.wire import Wire, WireModel

__all__ = ["OpenAIModel"]


class OpenAIModel(WireModel):
    """`name` at OpenAI's own address or a compatible server's."""

    wire: ClassVar[Wire] = openai_wire
