"""The OpenAI chat-completions format over bare aiohttp, for every server that speaks it."""

from rejoinder.llm.openai.model import OpenAIModel

__all__ = ["OpenAIModel"]
