"""The wire format of transcriptions: a recording goes out as a form, its words come back. Pure.

Source: OpenAI, "API reference: Create transcription" and "Speech to text".
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from pydantic import BaseModel, ValidationError
from pydantic_ai.messages import BinaryContent, ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from rejoinder.errors import ModelRefused
from rejoinder.llm.formats.openai.wire import (
    BASE_URL,
    KEY_SETTING,
    SYSTEM,
    URL_SETTING,
    headers,
    read_fault,
)
from rejoinder.llm.wire.protocol import Delta, tokens

__all__ = [
    "BASE_URL",
    "CONTENT_TYPE",
    "KEY_SETTING",
    "SYSTEM",
    "URL_SETTING",
    "headers",
    "path",
    "read_delta",
    "read_fault",
    "read_response",
    "rejects_format",
    "request_body",
    "takes",
    "transcribes",
]

# Of one process and random: no recording holds it.
_BOUNDARY = secrets.token_hex(24)
CONTENT_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"

_ENDINGS = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "audio/flac": "flac",
}
"""The server goes by the file's name."""


class _Usage(BaseModel):
    input_tokens: int | None = None
    output_tokens: int | None = None


class _Transcription(BaseModel):
    text: str
    usage: _Usage | None = None


def transcribes(name: str) -> bool:
    """Whether OpenAI's model of that name only writes down speech."""
    return "whisper" in name or "transcribe" in name


def path(name: str, *, stream: bool) -> str:
    """One path for all models."""
    return "audio/transcriptions"


def request_body(
    name: str,
    messages: Sequence[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
    *,
    structured: bool,
    stream: bool,
) -> bytes:
    """The form of a request. Raises ModelRefused for messages without a recording that it takes."""
    file = next(
        (
            each
            for message in messages
            for part in message.parts
            for each in _files(getattr(part, "content", None))
            if each.media_type in _ENDINGS
        ),
        None,
    )
    if file is None:
        raise ModelRefused(
            f"The model {name} writes down recordings and does nothing else.",
            mend="Name it in REJOINDER_TRANSCRIPTION_MODEL, and another one in REJOINDER_MODEL.",
        )
    filename = f"recording.{_ENDINGS[file.media_type]}"
    head = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{name}\r\n'
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="response_format"\r\n\r\njson\r\n'
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        f"Content-Type: {file.media_type}\r\n\r\n"
    )
    return head.encode() + file.data + f"\r\n--{_BOUNDARY}--\r\n".encode()


def read_response(raw: bytes) -> ModelResponse | None:
    """The words in a 200's body, None if that is no transcription; Whisper reports no tokens."""
    try:
        found = _Transcription.model_validate_json(raw)
    except ValidationError:
        return None
    used = found.usage
    return ModelResponse(
        parts=[TextPart(found.text)],
        usage=tokens(used.input_tokens, used.output_tokens, None) if used else RequestUsage(),
        provider_name=SYSTEM,
        finish_reason="stop",
    )


def read_delta(data: bytes) -> Delta | None:
    """The whole as one piece."""
    whole = read_response(data)
    return Delta(whole.text or "", "stop", whole.usage) if whole else None


def takes(name: str) -> frozenset[str]:
    """What the server knows by its ending."""
    return frozenset(_ENDINGS)


def rejects_format(status: int, raw: bytes) -> bool:
    """Never: the form of an answer is fixed."""
    return False


def _files(content: object) -> list[BinaryContent]:
    contents = content if isinstance(content, list) else []
    return [each for each in contents if isinstance(each, BinaryContent)]
