"""Texts as vectors: the models that make them, and how near in meaning two vectors are.

pydantic-ai's `EmbeddingModel` is the port. OpenAI's and Gemini's formats are spoken here over the process's one
session; others go through pydantic-ai and the provider's SDK.
"""

from rejoinder.llm.embedding.choose import embedder_of
from rejoinder.llm.embedding.model import likeness

__all__ = ["embedder_of", "likeness"]
