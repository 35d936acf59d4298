"""The OpenAI chat-completions format, for a stub."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic_core import to_json

from rejoinder.testing.model_stub import ModelStub, event, halves


def completion(
    text: str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    tokens: tuple[int, int] | None = None,
    cached: int = 0,
) -> bytes:
    """The body of a chat completion; `tokens` are those of the prompt and of the answer."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body: dict[str, Any] = {
        "id": "chatcmpl-stub",
        "object": "chat.completion",
        "created": 1_770_000_000,
        "model": "stub",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
    }
    if tokens is not None:
        body["usage"] = _usage(tokens, cached)
    return to_json(body)


class OpenAIStub(ModelStub):
    """Answers POSTs to `/chat/completions`."""

    BASE_PATH: ClassVar[str] = "/v1"

    def serves(self, path: str) -> bool:
        """One path for all models."""
        return path.endswith("/chat/completions")

    def said_last(self, body: dict[str, Any]) -> str:
        """The content of the last message."""
        return str(body["messages"][-1]["content"]) if body["messages"] else ""

    def wants_object(self, body: dict[str, Any]) -> bool:
        """`response_format` asks for it."""
        return "response_format" in body

    def wants_stream(self, path: str, body: dict[str, Any]) -> bool:
        """`stream` asks for it."""
        return bool(body.get("stream"))

    def whole(self, text: str, tokens: tuple[int, int]) -> bytes:
        """A chat completion."""
        return completion(text, tokens=tokens, cached=self.cached)

    def pieces(
        self, text: str, tokens: tuple[int, int] | None, finish: str | None = None
    ) -> list[bytes]:
        """Chunks; the last one has no choice, as `stream_options.include_usage` wants."""
        first, second = halves(text)
        deltas: list[tuple[dict[str, str], str | None]] = [
            ({"role": "assistant", "content": ""}, None),
            ({"content": first}, None),
            ({"content": second}, None),
        ]
        if tokens is not None:
            deltas.append(({}, finish or "stop"))
        chunks = [
            _chunk([{"index": 0, "delta": delta, "finish_reason": ended}])
            for delta, ended in deltas
        ]
        if tokens is None:
            return chunks
        return [*chunks, _chunk([], usage=_usage(tokens, self.cached)), event(b"[DONE]")]


def _chunk(choices: list[dict[str, Any]], **more: object) -> bytes:
    return event(
        {
            "id": "chatcmpl-stub",
            "object": "chat.completion.chunk",
            "created": 1_770_000_000,
            "model": "stub",
            "choices": choices,
            **more,
        }
    )


def _usage(tokens: tuple[int, int], cached: int) -> dict[str, Any]:
    return {
        "prompt_tokens_details": {"cached_tokens": cached},
        "prompt_tokens": tokens[0],
        "completion_tokens": tokens[1],
        "total_tokens": sum(tokens),
    }
