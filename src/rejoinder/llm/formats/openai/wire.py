"""The wire format: request bodies out of messages, responses out of bytes. Pure.

Source: OpenAI, "API reference: Create chat completion", "Structured Outputs", "Images and vision", "Audio and speech".
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_ai.messages import BinaryContent, FinishReason, ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage
from pydantic_core import to_json

from rejoinder.llm.wire.lenient import OR_NONE, Text
from rejoinder.llm.wire.protocol import Delta, Fault, tokens
from rejoinder.llm.wire.texts import Text as Said
from rejoinder.llm.wire.texts import texts

SYSTEM = "openai"
BASE_URL = "https://api.openai.com/v1"
KEY_SETTING = "OPENAI_API_KEY"
URL_SETTING = "OPENAI_BASE_URL"

_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_call",
    "error": "error",
    "max_tokens": "length",  # Mistral's and others' own words
    "model_length": "length",
    "eos_token": "stop",
    "stop_sequence": "stop",
}


_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_SOUNDS = {"audio/wav": "wav", "audio/mpeg": "mp3"}
_SEES = re.compile(
    r"gpt-4o|gpt-4\.1|gpt-4-turbo|gpt-5|chatgpt-4o|\bo[134]\b|vision|-vl\b|\d?vl[-:]|llava|pixtral|gemma-?3|llama-?4"
    r"|gemini|claude",
    re.IGNORECASE,
)
"""Models that see, by what their makers call them; another one is told in words what came."""

_NEWER = re.compile(r"(?:^|/)(?:gpt-[5-9]|o[1-9])", re.IGNORECASE)
"""OpenAI's models that think."""

_HEARS = re.compile(r"gpt-4o(-mini)?-audio|gpt-audio", re.IGNORECASE)


class _Part(BaseModel):
    type: str = "text"
    text: Text = None


class _Message(BaseModel):
    content: str | list[_Part] | None = None  # some servers send parts, as the request may
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Cached(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


_Spent = Annotated[_Usage | None, OR_NONE]


class _Completion(BaseModel):
    id: Text = None
    model: Text = None
    choices: list[_Choice]
    usage: _Spent = None
    error: JsonValue = None


class _Piece(BaseModel):
    delta: _Message | None = None
    finish_reason: str | None = None


class _Chunk(BaseModel):
    id: Text = None
    model: Text = None
    choices: list[_Piece] = []
    usage: _Spent = None
    error: JsonValue = None


class _Fault(BaseModel):
    message: str | None = None
    code: str | int | None = None
    type: str | None = None


class _Failed(BaseModel):
    error: _Fault | str | None = None
    message: str | None = None  # older servers put it beside, not inside


def path(name: str, *, stream: bool) -> str:
    """One path for all models, streamed or not."""
    return "chat/completions"


def headers(key: str) -> dict[str, str]:
    """The key as a bearer token."""
    return {"Authorization": f"Bearer {key}"}


def request_body(
    name: str,
    messages: Sequence[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
    *,
    structured: bool,
    stream: bool,
) -> bytes:
    """The JSON of a request, with `response_format` if `structured` and there is a schema.

    Raises ModelRefused for tools and for parts that are neither text nor file.
    """
    said = [{"role": each.role, "content": _content(each)} for each in texts(messages, parameters)]
    body: dict[str, Any] = {"model": name, "messages": said}
    if structured and parameters.output_mode == "native" and (form := parameters.output_object):
        schema = {
            "name": form.name or "answer",
            "schema": form.json_schema,
            "strict": form.strict or False,
        }
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    if settings:
        body |= _settings(name, settings)
    return to_json(body)


def read_response(raw: bytes) -> ModelResponse | None:
    """The response in a 200's body, None if that is no chat completion.

    A refusal comes with finish_reason `content_filter`, so that its tokens are counted.
    """
    try:
        completion = _Completion.model_validate_json(raw)
    except ValidationError:
        return None
    if completion.error and not completion.choices:  # some gateways hide an error in a 200
        return None
    text, finish = "", None
    if completion.choices:
        first = completion.choices[0]
        text, finish = _said(first.message), _finish(first.message, first.finish_reason)
    return ModelResponse(
        parts=[TextPart(text)] if text else [],
        usage=_tokens(completion.usage) or RequestUsage(),
        model_name=completion.model,
        provider_name=SYSTEM,
        provider_response_id=completion.id,
        finish_reason=finish,
    )


def read_delta(data: bytes) -> Delta | None:
    """What a chunk adds; the last one has no choice and the usage."""
    try:
        chunk = _Chunk.model_validate_json(data)
    except ValidationError:
        return None
    if chunk.error:
        return None
    text, finish = "", None
    if chunk.choices:
        first, delta = chunk.choices[0], chunk.choices[0].delta or _Message()
        text, finish = _said(delta), _finish(delta, first.finish_reason)
    return Delta(text, finish, _tokens(chunk.usage), chunk.model, chunk.id)


def read_fault(raw: bytes) -> Fault | None:
    """What an error body says and its codes, or None if it says nothing."""
    try:
        failed = _Failed.model_validate_json(raw)
    except ValidationError:
        return None
    error = failed.error or failed.message
    if error is None or isinstance(error, str):
        return Fault(error) if error else None
    codes = (str(code) for code in (error.code, error.type) if code)
    return Fault(error.message or "", tuple(codes))


def takes(name: str) -> frozenset[str]:
    """Pictures or sounds, going by the model's name: those that hear see nothing."""
    if _HEARS.search(name):
        return frozenset(_SOUNDS)
    return _PICTURES if _SEES.search(name) else frozenset()


def rejects_format(status: int, raw: bytes) -> bool:
    """Whether the server turned the request down for its `response_format`, as many do."""
    if status not in (400, 422):
        return False
    said = raw.lower()
    return any(name in said for name in (b"response_format", b"response format", b"json_schema"))


def _content(said: Said) -> str | list[dict[str, Any]]:
    """A text alone stays a text: not every server knows the other form."""
    if all(isinstance(part, str) for part in said.parts):
        return said.text
    return [_shown(part) for part in said.parts]


def _shown(part: str | BinaryContent) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    data = b64encode(part.data).decode()
    if form := _SOUNDS.get(part.media_type):
        return {"type": "input_audio", "input_audio": {"data": data, "format": form}}
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}"}}


def _settings(name: str, settings: ModelSettings) -> dict[str, Any]:
    """The settings this model sends.

    The limit of tokens goes by the name that newer models insist on, and that older servers do not know. Models that
    think take no temperature but their own ("Reasoning models").
    """
    newer = _NEWER.search(name) is not None
    names = {
        "max_tokens": "max_completion_tokens" if newer else "max_tokens",
        "stop_sequences": "stop",
        "openai_prompt_cache_key": "prompt_cache_key",
    }
    left_out = {"temperature", "top_p"} if newer and "chat" not in name else set()
    sent = {"temperature", "top_p", "seed", *names} - left_out
    return {names.get(key, key): value for key, value in settings.items() if key in sent}


def _said(message: _Message) -> str:
    if isinstance(message.content, list):
        return "".join(part.text or "" for part in message.content if part.type == "text")
    return message.content or message.refusal or ""


def _finish(message: _Message, reason: str | None) -> FinishReason | None:
    return "content_filter" if message.refusal else _FINISH.get(reason or "")


def _tokens(usage: _Usage | None) -> RequestUsage | None:
    if usage is None:
        return None
    details = usage.prompt_tokens_details or _Cached()
    return tokens(usage.prompt_tokens, usage.completion_tokens, details.cached_tokens)
