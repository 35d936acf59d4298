"""The OpenAI-compatible model: one POST a call, and nothing that an SDK would add."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import aiohttp
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from yarl import URL

from rejoinder.errors import ModelError, ModelTransient, Setup
from rejoinder.llm.failure import from_status
from rejoinder.llm.openai import wire
from rejoinder.net.retry_after import retry_after

# A reply is a few KiB; a server that sends more than this sends something else.
MAX_BODY: Final = 4 * 1024 * 1024
# What a provider says goes into logs and the ledger: a sentence, no page.
_QUOTED = 300
# The caller limits the whole call (`generate`); only connecting has its own limit.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10)


class OpenAIModel(Model[None]):
    """`name` at an OpenAI-compatible server, called over the process's one session.

    `api_key` may be None for a server that wants none. Raises Setup for a key or an address that
    can't work.
    """

    def __init__(
        self, name: str, *, api_key: str | None, base_url: str, session: aiohttp.ClientSession
    ) -> None:
        super().__init__()
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._url = _endpoint(self._base_url)
        self._key = _clean(api_key)
        if self._key is None and self._url.host == "api.openai.com":
            raise Setup(
                "OpenAI's own models need a key.", mend="Set OPENAI_API_KEY.", code="no_key"
            )
        self._headers = {"Content-Type": "application/json"}
        if self._key is not None:
            self._headers["Authorization"] = f"Bearer {self._key}"
        self._session = session
        self._who = f"The model {name} at {self._url.host}"
        self._structured = True  # until the server turns response_format down

    @property
    def model_name(self) -> str:
        """The name the server knows the model by."""
        return self._name

    @property
    def system(self) -> str:
        """The provider whose wire format this is."""
        return "openai"

    @property
    def base_url(self) -> str:
        """The address that `/chat/completions` follows."""
        return self._base_url

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

        def body(structured: bool) -> bytes:
            return wire.request_body(
                self._name,
                messages,
                model_settings,
                model_request_parameters,
                structured=structured,
            )

        structured = self._structured and model_request_parameters.output_mode == "native"
        status, raw, wait = await self._post(body(structured))
        if structured and wire.rejects_format(status, raw):
            status, raw, wait = await self._post(body(structured=False))
            self._structured = self._structured and status != 200
        response = wire.read_completion(raw) if status == 200 else None
        if response is None:
            raise self._failure(status, raw, wait)
        return response

    async def _post(self, body: bytes) -> tuple[int, bytes, float | None]:
        """Status, body and the seconds asked to wait."""
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers=self._headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as response:
                raw = await self._read(response)
                wait = None
                if response.status != 200:
                    wait = retry_after(response.headers, datetime.now(UTC))
                return response.status, raw, wait
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            broken = type(error).__name__
        # out here it has no context: aiohttp's errors carry the request's headers, and so the key
        raise ModelTransient(
            f"{self._who} can't be reached or broke off ({broken}).",
            mend="Check OPENAI_BASE_URL and that the server runs.",
        )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        raw = bytearray()
        async for chunk in response.content.iter_any():
            raw += chunk
            if len(raw) > MAX_BODY:
                raise ModelTransient(f"{self._who} sent more than {MAX_BODY >> 20} MiB.")
        return bytes(raw)

    def _failure(self, status: int, raw: bytes, wait: float | None) -> ModelError:
        fault = wire.read_fault(raw)
        if status == 200 and fault is None:
            return ModelTransient(
                f"{self._who} answered 200 with a body that is no chat completion.",
                mend="Check OPENAI_BASE_URL: /chat/completions follows it, often after /v1.",
            )
        said, codes = fault or ("", ())
        if status == 200:  # some gateways hide an error in a 200
            status = _status_in(codes)
        return from_status(
            status,
            who=self._who,
            said=self._quote(said),
            codes=tuple(self._quote(code) for code in codes),
            retry_after=wait,
            key_setting="OPENAI_API_KEY",
            url_setting="OPENAI_BASE_URL",
        )

    def _quote(self, said: str) -> str:
        """The provider's words, in one line, without the key should it repeat it."""
        if self._key is not None:
            said = said.replace(self._key, "[key]")
        said = " ".join(said.split())
        return said if len(said) <= _QUOTED else f"{said[:_QUOTED]}…"


def _endpoint(base_url: str) -> URL:
    wrong = Setup(
        "OPENAI_BASE_URL is no http address.",
        mend="Set it to something like https://api.openai.com/v1, without user name or password.",
        code="bad_model_address",
    )
    try:
        url = URL(f"{base_url}/chat/completions")
    except ValueError:
        raise wrong from None
    if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
        raise wrong
    return url


def _clean(api_key: str | None) -> str | None:
    """The key without the line break that copying adds; Setup for one that no header can carry."""
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise Setup(
            "OPENAI_API_KEY holds characters no key has.", mend="Copy it again.", code="bad_key"
        )
    return key or None


def _status_in(codes: tuple[str, ...]) -> int:
    """The status a gateway hid in a 200's error, 502 where it gave none."""
    numbers = (
        int(code) for code in codes if code.isascii() and code.isdecimal() and len(code) == 3
    )
    return next(numbers, 502)
