"""What a wire format is to the model that speaks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pydantic_ai.messages import FinishReason, ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

_MOST_TOKENS: Final = 100_000_000  # no model reads a hundredth of it: more is nonsense


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error's body says, its codes, and the seconds it asks to wait.

    `status` stands in for the response's where that does not say what is meant.
    """

    said: str = ""
    codes: tuple[str, ...] = ()
    wait: float | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """One event of a streamed response; `usage` is the whole response's so far."""

    text: str = ""
    finish: FinishReason | None = None
    usage: RequestUsage | None = None
    model: str | None = None
    response_id: str | None = None


class Format(Protocol):
    """What each wire format says of its server."""

    @property
    def SYSTEM(self) -> str:  # noqa: N802 - a constant of the module
        """pydantic-ai's name of the provider."""

    @property
    def BASE_URL(self) -> str:  # noqa: N802
        """The provider's own address, which wants a key."""

    @property
    def KEY_SETTING(self) -> str:  # noqa: N802
        """The setting that holds the key."""

    @property
    def URL_SETTING(self) -> str:  # noqa: N802
        """The setting that holds another base address."""

    def headers(self, key: str) -> dict[str, str]:
        """The headers that carry the key."""

    def read_fault(self, raw: bytes) -> Fault | None:
        """What an error's body says, None if it says nothing."""


class Wire(Format, Protocol):
    """A wire format of chats; each module with these names is one. All of it is pure."""

    def path(self, name: str, *, stream: bool) -> str:
        """What follows the base address; nothing where that is the whole."""

    def request_body(
        self,
        name: str,
        messages: Sequence[ModelMessage],
        settings: ModelSettings | None,
        parameters: ModelRequestParameters,
        *,
        structured: bool,
        stream: bool,
    ) -> bytes:
        """The JSON of a request; raises ModelRefused for what the format or this program doesn't send."""

    def read_response(self, raw: bytes) -> ModelResponse | None:
        """The response in a 200's body, None if that is none; raises ModelTransient to say what is wrong with it."""

    def read_delta(self, data: bytes) -> Delta | None:
        """What one event of a stream says, None if that is no event of this format."""

    def takes(self, name: str) -> frozenset[str]:
        """The MIME types of the files that this model takes beside text."""

    def rejects_format(self, status: int, raw: bytes) -> bool:
        """Whether the server turned the request down because it asked for structured output."""


def tokens(read: int | None, written: int | None, cached: int | None) -> RequestUsage:
    """The usage a provider reports; nothing where it reports nonsense, which is then reckoned from the text."""
    counts = (read or 0, written or 0)
    if not all(0 <= count <= _MOST_TOKENS for count in counts):
        return RequestUsage()
    kept = min(max(cached or 0, 0), counts[0])
    return RequestUsage(input_tokens=counts[0], output_tokens=counts[1], cache_read_tokens=kept)
