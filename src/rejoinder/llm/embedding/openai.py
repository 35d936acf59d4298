"""OpenAI's wire format of embeddings, which most servers of one's own speak too. Pure.

Source: OpenAI, "API reference: Create embeddings" (at most 2,048 texts a request, 8,192 tokens a text).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError
from pydantic_ai.embeddings.result import EmbedInputType
from pydantic_ai.usage import RequestUsage
from pydantic_core import to_json

from rejoinder.llm.embedding.protocol import Vectors
from rejoinder.llm.formats.openai.wire import (
    BASE_URL,
    KEY_SETTING,
    SYSTEM,
    URL_SETTING,
    headers,
    read_fault,
)
from rejoinder.llm.wire.lenient import OR_NONE
from rejoinder.llm.wire.protocol import tokens

__all__ = [
    "BASE_URL",
    "KEY_SETTING",
    "SYSTEM",
    "URL_SETTING",
    "headers",
    "path",
    "read_fault",
    "read_vectors",
    "request_body",
]


class _Embedding(BaseModel):
    index: int
    embedding: list[float]


class _Usage(BaseModel):
    prompt_tokens: int | None = None


class _Response(BaseModel):
    data: list[_Embedding]
    usage: Annotated[_Usage | None, OR_NONE] = None


def path(name: str) -> str:
    """One path for all models."""
    return "embeddings"


def request_body(name: str, texts: Sequence[str], kind: EmbedInputType, size: int | None) -> bytes:
    """The JSON of a request; questions and documents are embedded alike."""
    body: dict[str, Any] = {"model": name, "input": list(texts), "encoding_format": "float"}
    if size is not None:
        body["dimensions"] = size
    return to_json(body)


def read_vectors(raw: bytes) -> Vectors | None:
    """The vectors in a 200's body, None if that has none."""
    try:
        found = _Response.model_validate_json(raw)
    except ValidationError:
        return None
    ordered = sorted(found.data, key=lambda each: each.index)
    used = tokens(found.usage.prompt_tokens, 0, None) if found.usage else RequestUsage()
    return Vectors([each.embedding for each in ordered], used)
