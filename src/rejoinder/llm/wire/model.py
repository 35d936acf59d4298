"""A model that speaks a wire format over the process's one session."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any, ClassVar, Final

import aiohttp
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.settings import ModelSettings
from yarl import URL

from rejoinder.errors import ModelError
from rejoinder.llm.calling.failure import BROKE_OFF
from rejoinder.llm.wire.protocol import Fault, Wire
from rejoinder.llm.wire.server import BROKEN, TIMEOUT, Server, endpoint
from rejoinder.llm.wire.stream import Streamed, events
from rejoinder.net.retry_after import retry_after

# A reply is a few KiB; a server that sends more than this sends something else.
MAX_BODY: Final = 4 * 1024 * 1024
_LARGE = 512 * 1024

_Body = Callable[..., bytes]
"""Makes a request's body, `structured` or not."""


class WireModel(Model[None]):
    """`name` at a server that speaks `wire`, which each subclass names.

    `base_url` is the provider's own if None; `api_key` may be None for a server that wants none. Raises Setup for a
    key or an address that can't work.
    """

    wire: ClassVar[Wire]
    content_type: ClassVar[str] = "application/json"
    streams: ClassVar[bool] = True

    def __init__(
        self,
        name: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        session: aiohttp.ClientSession,
    ) -> None:
        super().__init__()
        wire = self.wire
        self._name = name
        self._base_url = base_url or wire.BASE_URL
        self._url = endpoint(wire, self._base_url, wire.path(name, stream=False))
        self._stream_url = endpoint(wire, self._base_url, wire.path(name, stream=True))
        self._server = Server(wire, self._url, api_key, what=f"The model {name}")
        self._session = session
        self._structured = True  # until the server turns structured output down

    @property
    def model_name(self) -> str:
        """The name the server knows the model by."""
        return self._name

    @property
    def system(self) -> str:
        """The provider whose wire format this is."""
        return self.wire.SYSTEM

    @property
    def takes(self) -> frozenset[str]:
        """The MIME types of the files it takes."""
        return self.wire.takes(self._name)

    @property
    def base_url(self) -> str:
        """The address that the format's paths follow."""
        return self._base_url.rstrip("/")

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One answer from the model; raises ModelRefused, ModelThrottled or ModelTransient.

        Structured output is asked for where the server allows: one that rejects it is asked again
        without, and never with it again.
        """

        body = partial(
            self.wire.request_body,
            *(self._name, messages, model_settings, model_request_parameters),
            stream=False,
        )
        native = model_request_parameters.output_mode == "native"
        response = await self._ask(self._url, body, native=native)
        raw = await self._whole(response)
        answer = self.wire.read_response(raw)
        if answer is None:
            raise self._failure(200, raw, None)
        return answer

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: Any | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The answer as it is written; raises as `request` does, at once or while it is read.

        Leaving it closes the connection to the provider.
        """

        body = partial(
            self.wire.request_body,
            *(self._name, messages, model_settings, model_request_parameters),
            stream=True,
        )
        native = model_request_parameters.output_mode == "native"
        response = await self._ask(self._stream_url, body, native=native)
        async with response:
            yield Streamed(
                model_request_parameters=model_request_parameters,
                _wire=self.wire,
                _name=self._name,
                _url=self.base_url,
                _events=events(self._chunks(response)),
                _close=response.close,
                _failure=lambda data: self._failure(200, data, None),
                _cut=lambda: self._server.unreachable("it ended early", code=BROKE_OFF),
            )

    async def _ask(self, url: URL, body: _Body, *, native: bool) -> aiohttp.ClientResponse:
        """A response of status 200, whose body is not read yet; raises for any other."""
        structured = self._structured and native
        response = await self._send(url, body(structured=structured))
        if response.status == 200:
            return response
        raw = await self._whole(response)
        if structured and self.wire.rejects_format(response.status, raw):
            response = await self._send(url, body(structured=False))
            if response.status == 200:
                self._structured = False
                return response
            raw = await self._whole(response)
        wait = retry_after(response.headers, datetime.now(UTC))
        raise self._failure(response.status, raw, wait)

    async def _send(self, url: URL, body: bytes) -> aiohttp.ClientResponse:
        try:
            return await self._session.post(
                url,
                data=_payload(body),
                headers=self._server.headers(self.content_type),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except BROKEN as error:
            broken = type(error).__name__
        # out here it has no context: aiohttp's errors carry the request's headers, and so the key
        raise self._server.unreachable(broken)

    async def _whole(self, response: aiohttp.ClientResponse) -> bytes:
        async with response:
            return b"".join([chunk async for chunk in self._chunks(response)])

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        size, broken = 0, ""
        chunks = response.content.iter_any()
        while not broken:
            try:
                chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except BROKEN as error:
                broken = type(error).__name__
                continue
            size += len(chunk)
            if size > MAX_BODY:
                raise self._server.too_much(MAX_BODY)
            yield chunk
        raise self._server.unreachable(broken, code=BROKE_OFF)

    def _failure(self, status: int, raw: bytes, wait: float | None) -> ModelError:
        fault = self.wire.read_fault(raw)
        if status == 200 and fault is None:
            return self._server.without("is no answer of a model")
        fault = fault or Fault()
        if status == 200:  # some gateways hide an error in a 200
            status = _status_in(fault.codes)
        return self._server.failure(status, fault, wait)


def _payload(body: bytes) -> bytes | BytesIO:
    """A body with files in it may be large; aiohttp wants to write such a one piece by piece."""
    return body if len(body) < _LARGE else BytesIO(body)


def _status_in(codes: tuple[str, ...]) -> int:
    """The status a gateway hid in a 200's error, 502 where it gave none."""
    numbers = (int(code) for code in codes if re.fullmatch(r"[45]\d\d", code))
    return next(numbers, 502)
