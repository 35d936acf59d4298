"""The format of an AI service of one's own, for a stub."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic_core import from_json, to_json

from rejoinder.testing.model_stub import ModelStub


def answered(
    text: str | None, *, tokens: tuple[int, int] | None = None, **more: object
) -> dict[str, Any]:
    """An answer of the service; `tokens` are those of the prompt and of the answer, `more` its other fields."""
    body: dict[str, Any] = {
        "response_text": text,
        "intent": "question",
        "confidence": 0.9,
        "entities": {"topic": "the question"},
        "model_used": "stub",
        "processing_time_ms": 1.5,
        **more,
    }
    if tokens is not None:
        body["usage"] = {"input_tokens": tokens[0], "output_tokens": tokens[1]}
    return body


class ServiceStub(ModelStub):
    """Answers POSTs to `/answer`, the whole address of the service."""

    BASE_PATH: ClassVar[str] = "/answer"

    def serves(self, path: str) -> bool:
        """The one address, exactly."""
        return path == self.BASE_PATH

    def said_last(self, body: dict[str, Any]) -> str:
        """The unanswered messages."""
        return str(body["message"])

    def wants_object(self, body: dict[str, Any]) -> bool:
        """Always: the format is one."""
        return True

    def wants_stream(self, path: str, body: dict[str, Any]) -> bool:
        """Never."""
        return False

    def whole(self, text: str, tokens: tuple[int, int]) -> bytes:
        """The fields under the service's own names."""
        said = from_json(text)
        return to_json(answered(said["reply"], tokens=tokens, reason=said["reason"]))

    def pieces(
        self, text: str, tokens: tuple[int, int] | None, finish: str | None = None
    ) -> list[bytes]:
        """The answer at once: the format knows no stream."""
        return [self.whole(text, tokens or (0, 0))]
