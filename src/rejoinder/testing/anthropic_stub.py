"""The Anthropic Messages format, for a stub."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic_core import to_json

from rejoinder.testing.model_stub import ModelStub, event, halves


def message(
    text: str, *, stop_reason: str = "end_turn", tokens: tuple[int, int] = (1, 1), cached: int = 0
) -> dict[str, Any]:
    """A Message; `tokens` are those of the prompt, `cached` ones among them, and of the answer."""
    return {
        "id": "msg_stub",
        "type": "message",
        "role": "assistant",
        "model": "stub",
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {  # Anthropic counts what was cached apart ("Prompt caching": tracking)
            "input_tokens": max(0, tokens[0] - cached),
            "cache_read_input_tokens": cached,
            "output_tokens": tokens[1],
        },
    }


class AnthropicStub(ModelStub):
    """Answers POSTs to `/v1/messages`; Anthropic's own client puts `/v1` there itself."""

    BASE_PATH: ClassVar[str] = ""

    def serves(self, path: str) -> bool:
        """One path for all models."""
        return path.endswith("/v1/messages")

    def said_last(self, body: dict[str, Any]) -> str:
        """The text of the last message."""
        content = body["messages"][-1]["content"] if body["messages"] else ""
        if isinstance(content, str):
            return content
        return "\n".join(str(block.get("text", "")) for block in content)

    def wants_object(self, body: dict[str, Any]) -> bool:
        """`output_config.format` (once `output_format`) asks for it."""
        return "output_format" in body or "format" in (body.get("output_config") or {})

    def wants_stream(self, path: str, body: dict[str, Any]) -> bool:
        """`stream` asks for it."""
        return bool(body.get("stream"))

    def whole(self, text: str, tokens: tuple[int, int]) -> bytes:
        """A message."""
        return to_json(message(text, tokens=tokens, cached=self.cached))

    def pieces(
        self, text: str, tokens: tuple[int, int] | None, finish: str | None = None
    ) -> list[bytes]:
        """Named events, from `message_start` to `message_stop`."""
        read, written = tokens or (0, 0)
        begun = {**message("", tokens=(read, 0), cached=self.cached), "stop_reason": None}
        stopped = {"stop_reason": finish or "end_turn", "stop_sequence": None}
        told: list[dict[str, Any]] = [
            {"type": "message_start", "message": begun},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "text", "text": ""},
            },
            *(
                {
                    "type": "content_block_delta",
                    "index": 0,
                    "delta": {"type": "text_delta", "text": half},
                }
                for half in halves(text)
            ),
        ]
        if tokens is not None:
            told += [
                {"type": "content_block_stop", "index": 0},
                {"type": "message_delta", "delta": stopped, "usage": {"output_tokens": written}},
                {"type": "message_stop"},
            ]
        return [event(each, each["type"]) for each in told]
