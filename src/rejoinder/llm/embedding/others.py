"""Every other provider's embeddings, through pydantic-ai's own models and the provider's SDK."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from pydantic_ai.embeddings import EmbeddingModel, infer_embedding_model

from rejoinder.errors import Setup
from rejoinder.llm.embedding.model import Named

Close: TypeAlias = Callable[[], Awaitable[None]]


def inferred(which: Named) -> tuple[EmbeddingModel, Close | None]:
    """The model that pydantic-ai knows by `provider:name`, and what closes its SDK's connections.

    Its key comes from the provider's own variable.

    Raises Setup when it is unknown, its SDK is not installed or its key is missing.
    """
    try:
        model = infer_embedding_model(f"{which.provider}:{which.name}")
    except Exception as wrong:  # noqa: BLE001 - SDKs raise what they like when they are set up
        raise Setup(
            f"The embedder {which.identity!r} can't be used: {' '.join(str(wrong).split())[:300]}",
            mend="Known here are openai:NAME, gemini:NAME and pydantic-ai's provider:NAME; those need "
            "pip install 'pydantic-ai-slim[provider]' and the provider's key.",
            code="unknown_embedder",
        ) from None
    client: Any = getattr(model, "_client", None)
    if hasattr(client, "max_retries"):
        client.max_retries = 0  # we count the tries
    return model, getattr(client, "close", None)
