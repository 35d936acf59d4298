"""Gemini's wire format of embeddings. Pure.

Source: Google, "Gemini API reference: Embeddings" (`models.batchEmbedContents`, at most 100 texts a request) and
"Embeddings" (task types of gemini-embedding-001; gemini-embedding-2 is told its task in the text).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_ai.embeddings.result import EmbedInputType
from pydantic_ai.usage import RequestUsage
from pydantic_core import to_json

from rejoinder.llm.embedding.protocol import Vectors
from rejoinder.llm.formats.gemini.wire import (
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

_TOLD_IN_THE_TEXT = "gemini-embedding-2"
_PREFIXES: dict[EmbedInputType, str] = {
    "query": "task: search result | query: ",
    "document": "title: none | text: ",
}
_TASKS: dict[EmbedInputType, str] = {
    "query": "RETRIEVAL_QUERY",
    "document": "RETRIEVAL_DOCUMENT",
}


class _Embedding(BaseModel):
    values: list[float]


class _Usage(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    prompt_token_count: int | None = None


class _Response(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    embeddings: list[_Embedding]
    usage_metadata: Annotated[_Usage | None, OR_NONE] = None


def path(name: str) -> str:
    """Each model has one."""
    return f"models/{quote(name, safe='')}:batchEmbedContents"


def request_body(name: str, texts: Sequence[str], kind: EmbedInputType, size: int | None) -> bytes:
    """The JSON of a request: each text is one of its own."""
    in_text = name.startswith(_TOLD_IN_THE_TEXT)
    more: dict[str, Any] = {} if in_text else {"taskType": _TASKS[kind]}
    if size is not None:
        more["outputDimensionality"] = size
    prefix = _PREFIXES[kind] if in_text else ""
    requests = [
        {"model": f"models/{name}", "content": {"parts": [{"text": prefix + text}]}, **more}
        for text in texts
    ]
    return to_json({"requests": requests})


def read_vectors(raw: bytes) -> Vectors | None:
    """The vectors in a 200's body, None if that has none; older models report no tokens."""
    try:
        found = _Response.model_validate_json(raw)
    except ValidationError:
        return None
    used = found.usage_metadata
    usage = tokens(used.prompt_token_count, 0, None) if used else RequestUsage()
    return Vectors([each.values for each in found.embeddings], usage)
