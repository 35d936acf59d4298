"""How LINE reads a request, and its words for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from pydantic_core import from_json

from rejoinder.channels.line.form.action import Object
from rejoinder.channels.line.played.fields import Rule, Wrong, fields, wrongs
from rejoinder.channels.port.simulated import Call, Reply


@dataclass(frozen=True, slots=True)
class Accepted:
    """A push that was carried out."""

    request_id: str
    sent: list[JsonValue]
    at: datetime


def looked_at(
    body: Object | None, table: Mapping[str, Rule]
) -> tuple[Reply | None, tuple[str, ...]]:
    """The refusal of a request to send, None for a good one; and all that a strict reader finds wrong."""
    if body is None:
        return no_json(), ()
    bad = [*fields(body, table, "", more=("messages",)), *wrongs(body.get("messages"))]
    hard = [each for each in bad if not each.taken]
    told = tuple(f"{each.where}: {each.message}" for each in bad)
    return (invalid(hard) if hard else None), told


def body_of(call: Call) -> Object | None:
    """A request's JSON object."""
    try:
        found = from_json(call.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def no_json() -> Reply:
    """For a body that is none."""
    return Reply(400, {"message": "The request body could not be parsed as JSON"})


def unknown_token() -> Reply:
    """For an access token that was revoked, or is another's."""
    said = (
        "Authentication failed. Confirm that the access token in the authorization header is valid."
    )
    return Reply(401, {"message": said})


def invalid(bad: list[Wrong]) -> Reply:
    """For fields that LINE does not take."""
    details: list[JsonValue] = [{"message": each.message, "property": each.where} for each in bad]
    return Reply(400, {"message": f"The request body has {len(bad)} error(s)", "details": details})


def accepted_before(before: Accepted) -> Reply:
    """For a retry key that was used: the message went out then."""
    said = "The retry key is already accepted"
    return Reply(
        409,
        {"message": said, "sentMessages": before.sent},
        headers={"x-line-accepted-request-id": before.request_id},
    )


def is_uuid(key: str) -> bool:
    """Whether it is a UUID in hexadecimal with its dashes."""
    try:
        return str(UUID(key)) == key.lower()
    except ValueError:
        return False
