"""The local model behind pydantic-ai's port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from rejoinder.llm.form.answer import as_json
from rejoinder.llm.form.messages import as_text, read_asked, read_passages, read_purpose
from rejoinder.llm.local.compose import compose
from rejoinder.llm.local.understand import understand
from rejoinder.llm.model import Answer


class LocalModel(Model[None]):
    """Answers from the prompt's passages and set phrases; deterministic, without network or key."""

    @property
    def model_name(self) -> str:
        """The name that the API and the page show."""
        return "local"

    @property
    def system(self) -> str:
        """The provider's name in the ledger."""
        return "local"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The answer as the JSON object of ANSWER_SCHEMA, in one text part.

        Usage counts white-space-separated words, this model's own tokens: they cost nothing.
        """
        answer = _answer(messages)
        usage = RequestUsage(
            input_tokens=len(as_text(messages).split()), output_tokens=len(answer.reply.split())
        )
        return ModelResponse(
            parts=[TextPart(as_json(answer))],
            usage=usage,
            model_name="local",
            provider_name="local",
        )


def _answer(messages: Sequence[ModelMessage]) -> Answer:
    asked = read_asked(messages)
    if read_purpose(messages) == "analyse":
        answer = Answer("", "silent", "It was asked to analyse only.")
    else:
        answer = compose(
            asked,
            read_passages(messages),
            before=_customer_before(messages),
            last_reply=_last_reply(messages),
        )
    return replace(answer, understanding=understand(asked))


def _last_reply(messages: Sequence[ModelMessage]) -> str:
    """The business's last line, if the unanswered messages follow right after it."""
    return "" if len(messages) < 2 else _said(messages[-2])


def _customer_before(messages: Sequence[ModelMessage]) -> str:
    earlier = [message for message in messages[:-1] if isinstance(message, ModelRequest)]
    return _said(earlier[-1]) if earlier else ""


def _said(message: ModelMessage) -> str:
    contents = (getattr(part, "content", None) for part in message.parts)
    return "\n".join(content for content in contents if isinstance(content, str))
