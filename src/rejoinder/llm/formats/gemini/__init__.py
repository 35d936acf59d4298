"""Google's Gemini API over bare aiohttp."""

from typing import ClassVar

from rejoinder.llm.formats.gemini import wire as gemini_wire
from rejoinder.llm.wire import Wire, WireModel

__all__ = ["GeminiModel"]


class GeminiModel(WireModel):
    """`name` at Google's own address or a gateway's."""

    wire: ClassVar[Wire] = gemini_wire
