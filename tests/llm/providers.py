"""Each adapter with the stub that speaks its format; pydantic-ai's own models are the oracles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import aiohttp
import pytest
from pydantic_ai.models import Model
from pydantic_core import to_json

from rejoinder.llm.formats.gemini import GeminiModel
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.llm.formats.service import ServiceModel
from rejoinder.llm.others import OtherModel, anthropic, inferred
from rejoinder.testing import AnthropicStub, GeminiStub, OpenAIStub, ServiceStub
from rejoinder.testing.anthropic_stub import message
from rejoinder.testing.gemini_stub import generated
from rejoinder.testing.model_stub import Canned, ModelStub, event
from rejoinder.testing.openai_stub import completion

from .conftest import KEY

Make = Callable[[str, aiohttp.ClientSession], Model]
Said = list[tuple[str, str]]


@dataclass(frozen=True)
class Provider:
    """A format as a stub speaks it; `fault` makes an error's body of a status and a message."""

    stub: type[ModelStub]
    fault: Callable[[int, str], bytes]

    def faulty(self, status: int, said: str, **headers: str) -> Canned:
        """An error as this provider words it."""
        told = {"Content-Type": "application/json", **headers}
        return Canned(status, self.fault(status, said), told)


@dataclass(frozen=True)
class ChatProvider(Provider):
    """A chat format, which has roles and streams.

    `said` reads (role, text) of a request; `cut` and `declined` are answers cut off at a limit and turned down by a
    filter; `half` begins a stream, `failing` goes on with an error in it. `words` are its own for how an answer ended.
    """

    said: Callable[[dict[str, Any]], Said]
    cut: bytes
    declined: bytes
    half: bytes
    failing: bytes
    words: Mapping[str, str] = field(hash=False)

    def begun(self, text: str) -> bytes:
        """A stream that said so far this."""
        return b"".join(self.stub().pieces(text, None))

    def ended(self, text: str, finish: str) -> bytes:
        """A stream that said this and ended so: `stop`, `length`, `content_filter`."""
        return b"".join(self.stub().pieces(text, (9, 3), self.words[finish]))


@dataclass(frozen=True)
class Adapter:
    """A way to call a provider."""

    name: str
    provider: Provider
    make: Make


@dataclass(frozen=True)
class Chat(Adapter):
    """A way to call one that speaks a chat format; `ours` are the wire models."""

    provider: ChatProvider
    ours: bool = False


def runs(said: Said) -> Said:
    """What one side says before the other does, as one text: formats differ in how they cut it."""
    return [
        (role, "\n".join(text for _, text in run))
        for role, run in groupby(said, key=lambda each: each[0])
    ]


def _openai_said(body: dict[str, Any]) -> Said:
    return [(each["role"], _joined(each["content"])) for each in body["messages"]]


def _gemini_said(body: dict[str, Any]) -> Said:
    system = body.get("systemInstruction", {}).get("parts", [])
    roles = {"user": "user", "model": "assistant"}
    return [("system", part["text"]) for part in system] + [
        (roles[each["role"]], _joined(each["parts"])) for each in body["contents"]
    ]


def _anthropic_said(body: dict[str, Any]) -> Said:
    system = [("system", _joined(body["system"]))] if body.get("system") else []
    return system + [(each["role"], _joined(each["content"])) for each in body["messages"]]


def _joined(content: str | list[dict[str, Any]]) -> str:
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)


def _openai_fault(_status: int, said: str) -> bytes:
    return to_json({"error": {"message": said, "type": "some_error"}})


def _gemini_fault(status: int, said: str) -> bytes:
    details = [{"@type": "x/ErrorInfo", "reason": "API_KEY_INVALID"}] if status == 401 else []
    error = {"code": status, "message": said, "status": "SOME_STATUS", "details": details}
    return to_json({"error": error})


def _anthropic_fault(_status: int, said: str) -> bytes:
    return to_json({"type": "error", "error": {"type": "some_error", "message": said}})


_CUT = '{"decision": "answer", "reply": "Hel'
_CHUNK = {
    "id": "c",
    "object": "chat.completion.chunk",
    "created": 1_770_000_000,
    "model": "stub",
    "choices": [{"index": 0, "delta": {"content": "Here"}, "finish_reason": None}],
}
_BLOCK = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
_TEXT: dict[str, Any] = {
    "type": "content_block_delta",
    "index": 0,
    "delta": {"type": "text_delta", "text": "Here"},
}

OPENAI = ChatProvider(
    OpenAIStub,
    said=_openai_said,
    cut=completion(_CUT, finish_reason="length"),
    declined=completion(None, finish_reason="content_filter"),
    fault=_openai_fault,
    half=event(_CHUNK),
    failing=event({"error": {"message": "Upstream fell over", "code": 500}}),
    words={"stop": "stop", "length": "length", "content_filter": "content_filter"},
)
GEMINI = ChatProvider(
    GeminiStub,
    said=_gemini_said,
    cut=to_json(generated(_CUT, finish_reason="MAX_TOKENS")),
    declined=to_json(generated(None, finish_reason="SAFETY")),
    fault=_gemini_fault,
    half=event(generated("Here", finish_reason=None)),
    failing=event({"error": {"code": 503, "message": "Upstream fell over"}}),
    words={"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"},
)
_BEGUN = event(
    {"type": "message_start", "message": {**message(""), "stop_reason": None}}, "message_start"
)


def _anthropic_stream(text: str, stop_reason: str) -> bytes:
    """pydantic-ai streams Anthropic's answers even where the whole is wanted."""
    ended = {
        "type": "message_delta",
        "delta": {"stop_reason": stop_reason},
        "usage": {"output_tokens": 3},
    }
    told = [
        _BLOCK,
        {**_TEXT, "delta": {"type": "text_delta", "text": text}},
        ended,
        {"type": "message_stop"},
    ]
    return _BEGUN + b"".join(event(each, str(each["type"])) for each in told)


ANTHROPIC = ChatProvider(
    AnthropicStub,
    said=_anthropic_said,
    cut=_anthropic_stream(_CUT, "max_tokens"),
    declined=_anthropic_stream("", "refusal"),
    fault=_anthropic_fault,
    half=_BEGUN + event(_BLOCK, "content_block_start") + event(_TEXT, "content_block_delta"),
    failing=event(
        {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, "error"
    ),
    words={"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"},
)


def _oracle_openai(url: str, _http: aiohttp.ClientSession) -> Model:
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0)
    model = OpenAIChatModel("gpt-4o", provider=OpenAIProvider(openai_client=client))
    return OtherModel(model, client)


def _oracle_gemini(url: str, _http: aiohttp.ClientSession) -> Model:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(api_key=KEY, base_url=url.removesuffix("/v1beta"))
    return OtherModel(GoogleModel("gemini-2.5-flash", provider=provider))


def _ollama(url: str, _http: aiohttp.ClientSession) -> Model:
    """One that pydantic-ai makes by itself: it reads its address from its own variable."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLLAMA_BASE_URL", url)
        patch.setenv("OLLAMA_API_KEY", KEY)
        return inferred("ollama:llama3.1")


SERVICE = Provider(ServiceStub, lambda _, said: to_json({"error": said}))

CHATS = [
    Chat("inferred", OPENAI, _ollama),
    Chat(
        "gemini",
        GEMINI,
        lambda url, http: GeminiModel("gemini-x", api_key=KEY, base_url=url, session=http),
        ours=True,
    ),
    Chat(
        "openai",
        OPENAI,
        lambda url, http: OpenAIModel("gpt-x", api_key=KEY, base_url=url, session=http),
        ours=True,
    ),
    Chat(
        "anthropic",
        ANTHROPIC,
        lambda url, _: anthropic("claude-haiku-4-5", api_key=KEY, base_url=url),
    ),
    Chat("oracle gemini", GEMINI, _oracle_gemini),
    Chat("oracle openai", OPENAI, _oracle_openai),
]
ADAPTERS: list[Adapter] = [
    *CHATS,
    Adapter(
        "service",
        SERVICE,
        lambda url, http: ServiceModel("service", api_key=KEY, base_url=url, session=http),
    ),
]
