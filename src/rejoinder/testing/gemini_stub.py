"""The Gemini format, for a stub."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic_core import to_json

from rejoinder.testing.model_stub import ModelStub, event, halves


def generated(
    text: str | None,
    *,
    finish_reason: str | None = "STOP",
    tokens: tuple[int, int] | None = None,
    cached: int = 0,
) -> dict[str, Any]:
    """A GenerateContentResponse; `tokens` are those of the prompt and of the answer."""
    candidate: dict[str, Any] = {"index": 0}
    if text is not None:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    if finish_reason:
        candidate["finishReason"] = finish_reason
    body: dict[str, Any] = {
        "candidates": [candidate],
        "modelVersion": "stub",
        "responseId": "response-stub",
    }
    if tokens is not None:
        body["usageMetadata"] = {
            "promptTokenCount": tokens[0],
            "candidatesTokenCount": tokens[1],
            "totalTokenCount": sum(tokens),
        }
        if cached:  # left out where it is nothing, as Google does
            body["usageMetadata"]["cachedContentTokenCount"] = cached
    return body


class GeminiStub(ModelStub):
    """Answers POSTs to `/models/NAME:generateContent` and `:streamGenerateContent`."""

    BASE_PATH: ClassVar[str] = "/v1beta"

    def serves(self, path: str) -> bool:
        """Two paths for each model."""
        return "/models/" in path and path.endswith((":generateContent", ":streamGenerateContent"))

    def said_last(self, body: dict[str, Any]) -> str:
        """The text of the last content."""
        parts = body["contents"][-1]["parts"] if body["contents"] else []
        return "\n".join(str(part.get("text", "")) for part in parts)

    def wants_object(self, body: dict[str, Any]) -> bool:
        """A response schema asks for it."""
        config = body.get("generationConfig", {})
        return bool({"responseJsonSchema", "responseSchema"} & set(config))

    def wants_stream(self, path: str, body: dict[str, Any]) -> bool:
        """The path asks for it."""
        return ":streamGenerateContent" in path

    def whole(self, text: str, tokens: tuple[int, int]) -> bytes:
        """A response."""
        return to_json(generated(text, tokens=tokens, cached=self.cached))

    def pieces(
        self, text: str, tokens: tuple[int, int] | None, finish: str | None = None
    ) -> list[bytes]:
        """Each event is a response of its own."""
        first, second = halves(text)
        ended = (finish or "STOP") if tokens else None
        return [
            event(generated(first, finish_reason=None)),
            event(generated(second, finish_reason=ended, tokens=tokens, cached=self.cached)),
        ]
