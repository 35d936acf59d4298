"""The wire format: request bodies out of messages, responses out of bytes. Pure.

Source: OpenAI, "API reference: Create chat completion" and "Structured Outputs".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic_ai.messages import (
    FinishReason,
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage
from pydantic_core import to_json

from rejoinder.errors import ModelRefused
from rejoinder.llm.messages import read_all_instructions

_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_call",
    "error": "error",
}


class _Part(BaseModel):
    type: str = "text"
    text: str = ""


class _Message(BaseModel):
    content: str | list[_Part] | None = None  # some servers send parts, as the request may
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Cached(BaseModel):
    cached_tokens: int | None = None


# No model reads a hundredth of this: a server that reports more reports nonsense.
_MOST_TOKENS = 100_000_000


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Completion(BaseModel):
    id: str | None = None
    model: str | None = None
    choices: list[_Choice]
    usage: _Usage | None = None


class _Fault(BaseModel):
    message: str | None = None
    code: str | int | None = None
    type: str | None = None


class _Failed(BaseModel):
    error: _Fault | str | None = None
    message: str | None = None  # older servers put it beside, not inside


def request_body(
    name: str,
    messages: Sequence[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
    *,
    structured: bool,
) -> bytes:
    """The JSON of a request, with `response_format` if `structured` and there is a schema.

    Raises ModelRefused for tools and for parts that aren't text.
    """
    if parameters.function_tools or parameters.output_tools or parameters.native_tools:
        raise ModelRefused("This model takes no tools.", mend="Ask it for text.")
    body: dict[str, Any] = {"model": name, "messages": list(_turns(messages, parameters))}
    if structured and parameters.output_mode == "native" and (form := parameters.output_object):
        schema = {
            "name": form.name or "answer",
            "schema": form.json_schema,
            "strict": form.strict or False,
        }
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if settings:
        body |= _settings(settings)
    return to_json(body)


def read_completion(raw: bytes) -> ModelResponse | None:
    """The response in a 200's body, None if that is no chat completion.

    A refusal comes with finish_reason `content_filter`, so that its tokens are counted.
    """
    try:
        completion = _Completion.model_validate_json(raw)
    except ValidationError:
        return None
    text, finish = "", None
    if completion.choices:
        first = completion.choices[0]
        text, finish = _said(first.message), _FINISH.get(first.finish_reason or "")
        if first.message.refusal:
            finish = "content_filter"
    return ModelResponse(
        parts=[TextPart(text)] if text else [],
        usage=_tokens(completion.usage),
        model_name=completion.model,
        provider_name="openai",
        provider_response_id=completion.id,
        finish_reason=finish,
    )


def read_fault(raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    """What an error body says and its codes, or None if it says nothing."""
    try:
        failed = _Failed.model_validate_json(raw)
    except ValidationError:
        return None
    error = failed.error or failed.message
    if error is None or isinstance(error, str):
        return (error, ()) if error else None
    codes = (str(code) for code in (error.code, error.type) if code)
    return error.message or "", tuple(codes)


def rejects_format(status: int, raw: bytes) -> bool:
    """Whether the server turned the request down for its `response_format`, as many do."""
    if status not in (400, 422):
        return False
    said = raw.lower()
    return any(name in said for name in (b"response_format", b"response format", b"json_schema"))


def _turns(
    messages: Sequence[ModelMessage], parameters: ModelRequestParameters
) -> Iterator[dict[str, str]]:
    if parameters.instruction_parts is None:
        instructions = read_all_instructions(messages)
    else:
        instructions = "\n\n".join(part.content for part in parameters.instruction_parts)
    if instructions:
        yield {"role": "system", "content": instructions}
    for message in messages:
        if isinstance(message, ModelRequest):
            system = [part.content for part in message.parts if isinstance(part, SystemPromptPart)]
            user = [text for part in message.parts for text in _user_text(part)]
            yield from _turn("system", system)
            yield from _turn("user", user)
        else:
            yield from _turn(
                "assistant", [text for part in message.parts for text in _own_text(part)]
            )


def _turn(
    role: Literal["system", "user", "assistant"], texts: list[str]
) -> Iterator[dict[str, str]]:
    if texts:
        yield {"role": role, "content": "\n".join(texts)}


def _user_text(part: ModelRequestPart) -> list[str]:
    match part:
        case UserPromptPart(content=str(text)):
            return [text]
        case UserPromptPart(content=contents) if all(isinstance(item, str) for item in contents):
            return [str(item) for item in contents]
        case SystemPromptPart():
            return []
    raise _only_text(part)


def _own_text(part: ModelResponsePart) -> list[str]:
    match part:
        case TextPart(content=text):
            return [text]
        case ThinkingPart():
            return []
    raise _only_text(part)


def _only_text(part: ModelRequestPart | ModelResponsePart) -> ModelRefused:
    return ModelRefused(
        f"This model takes text only, not a {part.part_kind} part.", mend="Send text."
    )


def _settings(settings: ModelSettings) -> dict[str, Any]:
    """The settings this model sends; `max_tokens` goes by the name that newer models insist on."""
    names = {"max_tokens": "max_completion_tokens", "stop_sequences": "stop"}
    sent = ("temperature", "top_p", "seed", "max_tokens", "stop_sequences")
    return {names.get(key, key): value for key, value in settings.items() if key in sent}


def _said(message: _Message) -> str:
    if isinstance(message.content, list):
        return "".join(part.text for part in message.content if part.type == "text")
    return message.content or message.refusal or ""


def _tokens(usage: _Usage | None) -> RequestUsage:
    counts = (usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else (0, 0)
    if usage is None or not all(0 <= count <= _MOST_TOKENS for count in counts):
        return RequestUsage()  # reckoned from the text instead
    cached = usage.prompt_tokens_details and usage.prompt_tokens_details.cached_tokens
    return RequestUsage(
        input_tokens=counts[0],
        output_tokens=counts[1],
        cache_read_tokens=max(cached or 0, 0),
    )
