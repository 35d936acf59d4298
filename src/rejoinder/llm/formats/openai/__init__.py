"""The OpenAI chat-completions format, for every server that speaks it, and OpenAI's way of writing down speech."""

from typing import ClassVar

from rejoinder.llm.formats.openai import hearing
from rejoinder.llm.formats.openai import wire as openai_wire
from rejoinder.llm.formats.openai.hearing import transcribes
from rejoinder.llm.wire import Wire, WireModel

__all__ = ["OpenAIModel", "TranscriptionModel", "transcribes"]


class OpenAIModel(WireModel):
    """`name` at OpenAI's own address or a compatible server's."""

    wire: ClassVar[Wire] = openai_wire


class TranscriptionModel(WireModel):
    """One that writes down what is said in a recording, `whisper-1` for instance, and can do nothing else."""

    wire: ClassVar[Wire] = hearing
    content_type: ClassVar[str] = hearing.CONTENT_TYPE
    streams: ClassVar[bool] = False
