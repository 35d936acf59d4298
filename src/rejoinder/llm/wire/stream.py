"""Answers as they are written: server-sent events become pydantic-ai's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic_ai.messages import ModelResponseStreamEvent
from pydantic_ai.models import StreamedResponse

from rejoinder.errors import ModelError
from rejoinder.llm.wire.protocol import Wire

_DONE = b"[DONE]"  # OpenAI's last event; it holds no JSON


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The data of each event of a stream (WHATWG, "Server-sent events"; only `data` is read)."""
    rest, data = b"", list[bytes]()
    async for chunk in chunks:
        *lines, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
            elif not line and data:
                yield b"\n".join(data)
                data.clear()
    if rest.startswith(b"data:"):  # some servers leave out the last line's end
        data.append(rest[5:].removeprefix(b" "))
    elif rest.lstrip().startswith((b"{", b"[", b"<")):
        yield rest  # no stream at all: an error's JSON, a page
    if data:
        yield b"\n".join(data)


@dataclass
class Streamed(StreamedResponse):
    """One streamed response. Raises a ModelError where the stream holds an error or ends early."""

    _wire: Wire
    _name: str
    _url: str
    _events: AsyncIterator[bytes]
    _close: Callable[[], None]
    _failure: Callable[[bytes], ModelError]
    _cut: Callable[[], ModelError]
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        ended = False
        async for data in self._events:
            if data == _DONE:
                ended = True
                break
            delta = self._wire.read_delta(data)
            if delta is None:
                raise self._failure(data)
            if delta.text:
                for event in self._parts_manager.handle_text_delta(
                    vendor_part_id=None, content=delta.text
                ):
                    yield event
            self._name = delta.model or self._name
            self._usage = delta.usage or self._usage
            self.finish_reason = delta.finish or self.finish_reason
            self.provider_response_id = delta.response_id or self.provider_response_id
        if not ended and self.finish_reason is None:
            raise self._cut()

    async def close_stream(self) -> None:
        """Close the connection to the provider."""
        self._close()

    @property
    def model_name(self) -> str:
        """The model that answered, as the provider names it."""
        return self._name

    @property
    def provider_name(self) -> str:
        """The provider."""
        return self._wire.SYSTEM

    @property
    def provider_url(self) -> str:
        """The server's base address."""
        return self._url

    @property
    def timestamp(self) -> datetime:
        """When the response began."""
        return self._started
