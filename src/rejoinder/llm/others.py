"""Every other provider, through pydantic-ai's own models and the provider's SDK.

Slower than a wire model (an SDK costs milliseconds of CPU a call) and as broad as pydantic-ai.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, ClassVar, Protocol

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse, infer_model
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from rejoinder.errors import Setup
from rejoinder.llm.key import clean_key

_SEEING = frozenset({"anthropic", "bedrock", "google", "google-gla", "google-vertex", "openai"})
_TAKEN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""Anthropic, "Vision"; the others take these too."""


class Closable(Protocol):
    """An SDK's client."""

    async def close(self) -> None:
        """Close its connections."""


class OtherModel(WrapperModel):
    """A model of pydantic-ai's, asked for structured output only where it can give that.

    Elsewhere the prompt's own words ask for the same object. `client` is an SDK's that was made for it: entering and
    leaving the model closes it.
    """

    takes_cache: ClassVar[bool] = True
    """pydantic-ai's `cache` reaches it."""

    def __init__(self, wrapped: Model, client: Closable | None = None) -> None:
        super().__init__(wrapped)
        self._client = client

    @property
    def takes(self) -> frozenset[str]:
        """The MIME types of files that the provider's models are known to take."""
        return _TAKEN if self.system in _SEEING else frozenset()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        """Close what was made for it."""
        if self._client is not None:
            await self._client.close()
        return await super().__aexit__(exc_type, exc_val, exc_tb)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One answer; raises pydantic-ai's errors, which `failure` sorts."""
        wanted = self._wanted(model_request_parameters)
        return await self.wrapped.request(messages, model_settings, wanted)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The answer as it is written; raises as `request` does."""
        wanted = self._wanted(model_request_parameters)
        async with self.wrapped.request_stream(
            messages, model_settings, wanted, run_context
        ) as stream:
            yield stream

    def ended(self, response: ModelResponse) -> bool:
        """Whether a stream came to its end: a provider says why it ends.

        Where none said so, pydantic-ai's model of OpenAI's format puts `stop` in, but not among the provider's details.
        """
        told = (response.provider_details or {}).get("finish_reason")
        makes_up = any(each.__name__ == "OpenAIChatModel" for each in type(self.wrapped).__mro__)
        return response.finish_reason is not None and (told is not None or not makes_up)

    def _wanted(self, wanted: ModelRequestParameters) -> ModelRequestParameters:
        if wanted.output_mode == "native" and not self.profile.get("supports_json_schema_output"):
            return replace(wanted, output_mode="text", output_object=None)
        return wanted


def anthropic(name: str, *, api_key: str | None, base_url: str | None) -> Model:
    """A model of Anthropic's. Raises Setup without a key."""
    key = clean_key(api_key, "ANTHROPIC_API_KEY")
    if key is None:
        raise Setup("Anthropic's models need a key.", mend="Set ANTHROPIC_API_KEY.", code="no_key")
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    # We count the tries, and limit the whole call.
    client = AsyncAnthropic(api_key=key, base_url=base_url, max_retries=0, timeout=None)
    model = AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client))
    return OtherModel(model, client)


def inferred(name: str) -> Model:
    """The model that pydantic-ai knows by `provider:name`; its key comes from the provider's own variable.

    Raises Setup when it is unknown, its SDK is not installed or its key is missing.
    """
    try:
        model = infer_model(name)
    except Exception as wrong:  # noqa: BLE001 - SDKs raise what they like when they are set up
        raise Setup(
            f"The model {name!r} can't be used: {' '.join(str(wrong).split())[:300]}",
            mend="Known here are local, service, gemini:NAME, openai:NAME, anthropic:NAME and pydantic-ai's "
            "provider:NAME; those need pip install 'pydantic-ai-slim[provider]' and the provider's key.",
            code="unknown_model",
        ) from None
    client: Any = getattr(model, "client", None)
    if hasattr(client, "max_retries"):
        client.max_retries = 0  # we count the tries
    return OtherModel(model)
