"""An embedding model that speaks a wire format over the process's one session.

The SDKs do the same for milliseconds of CPU a call, and a customer waits for each question's vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import aiohttp
from pydantic_ai.embeddings import (
    EmbeddingModel,
    EmbeddingResult,
    EmbeddingSettings,
)
from pydantic_ai.embeddings.result import EmbedInputType

from rejoinder.llm.choose import Account
from rejoinder.llm.embedding.protocol import EmbeddingWire
from rejoinder.llm.wire.protocol import Fault
from rejoinder.llm.wire.server import BROKEN, TIMEOUT, Server, endpoint
from rejoinder.net.retry_after import retry_after

_MOST = 16 * 1024 * 1024  # a hundred vectors of 3,072 numbers, as JSON, are some 6 MiB


class WireEmbedding(EmbeddingModel):
    """`name` at a server that speaks `wire`.

    The account's `base_url` is the provider's own if None, its `api_key` None for a server that wants none. Raises
    Setup for a key or an address that can't work.
    """

    def __init__(
        self,
        wire: EmbeddingWire,
        name: str,
        at: Account,
        session: aiohttp.ClientSession,
    ) -> None:
        super().__init__()
        self._wire = wire
        self._name = name
        self._base_url = (at.base_url or wire.BASE_URL).rstrip("/")
        self._url = endpoint(wire, self._base_url, wire.path(name))
        self._server = Server(
            wire,
            self._url,
            at.api_key,
            what=f"The embedding model {name}",
            models="embedding models",
            no_key=f"Set {wire.KEY_SETTING}, or REJOINDER_EMBEDDER=none.",
        )
        self._session = session

    @property
    def model_name(self) -> str:
        """The name the server knows the model by."""
        return self._name

    @property
    def system(self) -> str:
        """The provider whose wire format this is."""
        return self._wire.SYSTEM

    @property
    def base_url(self) -> str:
        """The address that the format's paths follow."""
        return self._base_url

    async def embed(
        self,
        inputs: str | Sequence[str],
        *,
        input_type: EmbedInputType,
        settings: EmbeddingSettings | None = None,
    ) -> EmbeddingResult:
        """One vector a text; raises ModelRefused, ModelThrottled or ModelTransient."""
        texts, wanted = self.prepare_embed(inputs, settings)
        body = self._wire.request_body(self._name, texts, input_type, wanted.get("dimensions"))
        status, headers, raw = await self._send(body)
        found = self._wire.read_vectors(raw) if status == 200 else None
        if status == 200 and found is None:
            raise self._server.without("holds no vectors")
        if found is None:
            fault = self._wire.read_fault(raw) or Fault()
            raise self._server.failure(status, fault, retry_after(headers, datetime.now(UTC)))
        return EmbeddingResult(
            found.vectors,
            inputs=texts,
            input_type=input_type,
            model_name=self._name,
            provider_name=self.system,
            usage=found.usage,
        )

    async def _send(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers=self._server.headers(),
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                return response.status, response.headers, await self._whole(response)
        except BROKEN as error:
            broken = type(error).__name__
        # out here it has no context: aiohttp's errors carry the request's headers, and so the key
        raise self._server.unreachable(broken)

    async def _whole(self, response: aiohttp.ClientResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > _MOST:
                raise self._server.too_much(_MOST)
            pieces.append(piece)
        return b"".join(pieces)
