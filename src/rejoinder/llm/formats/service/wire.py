"""The wire format: the parts of a prompt as JSON, and an answer back. Pure.

It is our own; docs/models.md has it as a table. The answer's fields are those that such services are known to give.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AliasChoices, BaseModel, Field, JsonValue, ValidationError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage
from pydantic_core import from_json, to_json

from rejoinder.errors import ModelTransient
from rejoinder.llm.form.answer import as_json
from rejoinder.llm.form.messages import (
    read_asked,
    read_context,
    read_history,
    read_instructions,
    read_passages,
    read_purpose,
)
from rejoinder.llm.form.understanding import read_understanding, storable
from rejoinder.llm.model import Answer, Decision
from rejoinder.llm.wire.lenient import OR_NONE, Text
from rejoinder.llm.wire.protocol import Delta, Fault, tokens

SYSTEM = "service"
BASE_URL = "https://ai-service.example/answer"  # no one's: AI_SERVICE_URL is always given
KEY_SETTING = "AI_SERVICE_API_KEY"
URL_SETTING = "AI_SERVICE_URL"

_LONGEST_NAME: Final = 100
_ROLES: Final = {"customer": "user", "business": "assistant"}
_FORM = 'docs/models.md, "A service of your own", has the form of its answer.'
_ESCALATED = "The AI service asks for a person."


class _Usage(BaseModel, validate_by_name=True):
    read: int | None = Field(
        None, validation_alias=AliasChoices("input_tokens", "prompt_tokens", "input", "prompt")
    )
    written: int | None = Field(
        None,
        validation_alias=AliasChoices("output_tokens", "completion_tokens", "output", "completion"),
    )
    total: int | None = Field(None, validation_alias=AliasChoices("total_tokens", "total"))


class _Answer(BaseModel):
    response_text: str | None = None
    decision: Decision | None = None
    should_escalate: bool | None = None
    escalation_reason: Text = None
    reason: Text = None
    intent: JsonValue = None
    sentiment: JsonValue = None
    confidence: JsonValue = None
    entities: JsonValue = None
    model_used: Text = None
    usage: Annotated[_Usage | None, OR_NONE] = None
    tokens_used: Annotated[_Usage | int | None, OR_NONE] = None


def path(name: str, *, stream: bool) -> str:
    """Nothing: the address given is called as it is."""
    return ""


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
    """The JSON of a request, for messages made by `to_messages`: of others it has no parts to give."""
    asked = read_asked(messages)
    return to_json(
        {
            "purpose": read_purpose(messages),
            "message": "\n".join(asked),
            "messages": asked,
            "history": [
                {"role": _ROLES[line.speaker], "content": line.text}
                for line in read_history(messages)
            ],
            "instructions": read_instructions(messages),
            "knowledge": [
                {"title": passage.title, "text": passage.text}
                for passage in read_passages(messages)
            ],
            "resources": from_json(read_context(messages) or "null"),
        }
    )


def read_response(raw: bytes) -> ModelResponse | None:
    """The response in a 200's body, its text the object that models are asked for; None for an error or no JSON.

    Raises ModelTransient that says what is wrong with an object of another shape.
    """
    body = _object(raw)
    if body is None or (body.get("error") and not body.get("response_text")):
        return None
    found = _answer(body)
    return ModelResponse(
        parts=[TextPart(as_json(_said(found)))],
        usage=_tokens(found),
        model_name=_name(found.model_used),
        provider_name=SYSTEM,
        finish_reason="stop",
    )


def read_delta(data: bytes) -> Delta | None:
    """The whole answer as one piece: the format knows no stream."""
    whole = read_response(data)
    if whole is None:
        return None
    return Delta(whole.text or "", "stop", whole.usage, whole.model_name)


def read_fault(raw: bytes) -> Fault | None:
    """What an error's body says: `error`, `detail` or `message`, a text or an object with a text, and its code."""
    body = _object(raw) or {}
    error = next((body[key] for key in ("error", "detail", "message") if body.get(key)), None)
    if isinstance(error, str):
        return Fault(error, _codes(body))
    if isinstance(error, dict):
        said = next((error[key] for key in ("message", "detail") if error.get(key)), "")
        return Fault(str(said), _codes(error))
    return None if error is None else Fault(to_json(error).decode(), _codes(body))


def takes(name: str) -> frozenset[str]:
    """None: the format has no place for files."""
    return frozenset()


def rejects_format(status: int, raw: bytes) -> bool:
    """Never: the form of an answer is fixed."""
    return False


def _object(raw: bytes) -> dict[str, JsonValue] | None:
    try:
        found = from_json(raw)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    inner = found.get("ai_response")
    return inner if isinstance(inner, dict) else found


def _answer(body: dict[str, JsonValue]) -> _Answer:
    try:
        found = _Answer.model_validate(body)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ModelTransient(
            f"The AI service's answer has a wrong {where}: {first['msg']}.", mend=_FORM
        ) from None
    if not found.model_fields_set:
        raise ModelTransient("The AI service's answer has no response_text.", mend=_FORM)
    return found


def _said(found: _Answer) -> Answer:
    understood = {
        "intent": found.intent,
        "sentiment": found.sentiment,
        "confidence": found.confidence,
        "entities": found.entities,
    }
    reason = found.escalation_reason or found.reason
    escalated = found.should_escalate or False
    return Answer(
        found.response_text or "",
        "hand_off" if escalated else found.decision or "answer",
        reason or (_ESCALATED if escalated else ""),
        read_understanding(understood),
    )


def _tokens(found: _Answer) -> RequestUsage:
    """What it reports under either name; a total that it doesn't part counts as read."""
    for told in (found.usage, found.tokens_used):
        used = _Usage(total=told) if isinstance(told, int) else told or _Usage()
        if used.read or used.written:
            return tokens(used.read, used.written, None)
        if used.total:
            return tokens(used.total, None, None)
    return RequestUsage()


def _name(used: str | None) -> str | None:
    """The model's name as the ledger may hold it."""
    name = storable(used or "").strip()
    return name if 0 < len(name) <= _LONGEST_NAME else None


def _codes(body: dict[str, JsonValue]) -> tuple[str, ...]:
    return tuple(str(body[key]) for key in ("code", "type") if body.get(key))
