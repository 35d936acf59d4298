"""The wire format: request bodies out of messages, responses out of bytes. Pure.

Source: Google, "Gemini API reference: Generating content" (`generateContent`, `streamGenerateContent`) and
"Structured outputs", "Image understanding", "Audio understanding"; errors as in "Google APIs: Error model"
(`google.rpc.Status`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_ai.messages import BinaryContent, FinishReason, ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage
from pydantic_core import to_json

from rejoinder.llm.wire.protocol import Delta, Fault, tokens
from rejoinder.llm.wire.texts import texts

SYSTEM = "google"
BASE_URL = "https://generativelanguage.googleapis.com/v1beta"
KEY_SETTING = "GEMINI_API_KEY"
URL_SETTING = "GEMINI_BASE_URL"

_STOPPED: dict[str, FinishReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "MODEL_ARMOR": "content_filter",
}
"""Every other reason given is an error: there is no whole answer."""

_TAKEN = frozenset(
    [
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/heic",
        "audio/wav",
        "audio/mpeg",
        "audio/aac",
        "audio/ogg",
        "audio/flac",
        "audio/mp4",
    ]
)
_NAMED = {"audio/mpeg": "audio/mp3"}
"""What Google calls otherwise than the rest of the world."""

_ROLES = {"user": "user", "assistant": "model"}


class _Shape(BaseModel):
    """A null is a field left out: gateways write it so."""

    model_config = ConfigDict(alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _no_nulls(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: each for key, each in value.items() if each is not None}


class _Part(_Shape):
    text: str = ""
    thought: bool = False


class _Content(_Shape):
    parts: list[_Part] = []


class _Candidate(_Shape):
    content: _Content = _Content()
    finish_reason: str | None = None


class _Blocked(_Shape):
    block_reason: str | None = None


class _Usage(_Shape):
    prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None


class _Response(_Shape):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Blocked | None = None
    usage_metadata: _Usage | None = None
    model_version: str | None = None
    response_id: str | None = None

    @property
    def is_one(self) -> bool:
        """Whether anything of it was there: every field of the format may be missing."""
        told = (self.candidates, self.prompt_feedback, self.usage_metadata, self.response_id)
        return any(each is not None for each in (*told, self.model_version))


class _Detail(_Shape):
    reason: str | None = None
    retry_delay: JsonValue = None


class _Fault(_Shape):
    code: JsonValue = None
    message: str | None = None
    status: str | None = None
    details: list[_Detail | JsonValue] = []


class _Failed(_Shape):
    error: _Fault | str


_FAILED: TypeAdapter[_Failed | list[_Failed]] = TypeAdapter(_Failed | list[_Failed])


def path(name: str, *, stream: bool) -> str:
    """Each model has two; without `alt=sse` a stream is one long JSON array."""
    named = quote(name, safe="/") if "/" in name else f"models/{quote(name, safe='')}"
    return f"{named}:" + ("streamGenerateContent?alt=sse" if stream else "generateContent")


def headers(key: str) -> dict[str, str]:
    """The key in a header: an address ends up in logs."""
    return {"x-goog-api-key": key}


def request_body(
    name: str,
    messages: Sequence[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
    *,
    structured: bool,
    stream: bool,
) -> bytes:
    """The JSON of a request, with a response schema if `structured` and there is one.

    Raises ModelRefused for tools and for parts that are neither text nor file.
    """
    said = list(texts(messages, parameters))
    body: dict[str, Any] = {
        "contents": [
            {"role": _ROLES[each.role], "parts": [_part(part) for part in each.parts]}
            for each in said
            if each.role != "system"
        ]
    }
    if system := [{"text": each.text} for each in said if each.role == "system"]:
        body["systemInstruction"] = {"parts": system}
    config = _settings(settings) if settings else {}
    if structured and parameters.output_mode == "native" and (form := parameters.output_object):
        config |= {"responseMimeType": "application/json", "responseJsonSchema": form.json_schema}
    if config:
        body["generationConfig"] = config
    return to_json(body)


def read_response(raw: bytes) -> ModelResponse | None:
    """The response in a 200's body, None if that is none; a blocked prompt finishes as `content_filter`."""
    found = _response(raw)
    if found is None or not found.is_one:
        return None
    text, finish = _said(found)
    return ModelResponse(
        parts=[TextPart(text)] if text else [],
        usage=_tokens(found.usage_metadata) or RequestUsage(),
        model_name=found.model_version,
        provider_name=SYSTEM,
        provider_response_id=found.response_id,
        finish_reason=finish,
    )


def read_delta(data: bytes) -> Delta | None:
    """What an event adds: each has the form of a whole response."""
    found = _response(data)
    if found is None or not found.is_one:
        return None
    text, finish = _said(found)
    usage = _tokens(found.usage_metadata)
    return Delta(text, finish, usage, found.model_version, found.response_id)


def read_fault(raw: bytes) -> Fault | None:
    """What an error body says; a stream's error may stand in a list."""
    try:
        failed = _FAILED.validate_json(raw)
    except ValidationError:
        return None
    if isinstance(failed, list):
        if not failed:
            return None
        failed = failed[0]
    error = failed.error
    if isinstance(error, str):
        return Fault(error)
    details = [detail for detail in error.details if isinstance(detail, _Detail)]
    reasons = tuple(detail.reason for detail in details if detail.reason)
    codes = tuple(str(each) for each in (error.status, error.code, *reasons) if each)
    waits = [_seconds(detail.retry_delay) for detail in details]
    # A key that is wrong is called a bad request (400).
    refused = any(reason.startswith("API_KEY_") for reason in reasons)
    wait = next((each for each in waits if each is not None), None)
    return Fault(error.message or "", codes, wait, 401 if refused else None)


def takes(name: str) -> frozenset[str]:
    """Pictures and sounds, for all models of the family."""
    return _TAKEN if name.rpartition("/")[2].startswith("gemini") else frozenset()


def rejects_format(status: int, raw: bytes) -> bool:
    """Whether the server turned the request down for its schema: older models know none."""
    if status != 400:
        return False
    said = raw.lower()
    names = (
        b"responsejsonschema",
        b"response_json_schema",
        b"response_mime_type",
        b"responsemimetype",
        b"json mode",
    )
    return any(name in said for name in names)


def _part(part: str | BinaryContent) -> dict[str, Any]:
    if isinstance(part, str):
        return {"text": part}
    mime_type = _NAMED.get(part.media_type, part.media_type)
    return {"inlineData": {"mimeType": mime_type, "data": b64encode(part.data).decode()}}


def _settings(settings: ModelSettings) -> dict[str, Any]:
    names = {
        "temperature": "temperature",
        "top_p": "topP",
        "top_k": "topK",
        "seed": "seed",
        "max_tokens": "maxOutputTokens",
        "stop_sequences": "stopSequences",
    }
    return {names[key]: value for key, value in settings.items() if key in names}


def _response(raw: bytes) -> _Response | None:
    try:
        return _Response.model_validate_json(raw)
    except ValidationError:
        return None


def _said(found: _Response) -> tuple[str, FinishReason | None]:
    if not found.candidates:
        blocked = found.prompt_feedback and found.prompt_feedback.block_reason
        return "", "content_filter" if blocked else None
    first = found.candidates[0]
    text = "".join(part.text for part in first.content.parts if not part.thought)
    return text, _STOPPED.get(first.finish_reason, "error") if first.finish_reason else None


def _tokens(usage: _Usage | None) -> RequestUsage | None:
    """Thoughts are paid for as output ("Gemini thinking": pricing)."""
    if usage is None:
        return None
    written = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    return tokens(usage.prompt_token_count, written, usage.cached_content_token_count)


def _seconds(duration: JsonValue) -> float | None:
    """`34.5s`, protobuf's JSON form of a duration."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)s", str(duration))
    return float(found[1]) if found else None
