"""The Graph API's answers: Meta's own words for what is wrong."""

from __future__ import annotations

import secrets
from typing import Final

from pydantic import JsonValue, ValidationError

from rejoinder.channels.port.simulated import Fault, Reply

_FAULTS: Final[dict[Fault, tuple[int, int, str, str]]] = {
    "throttle": (429, 130429, "Rate limit hit", "Cloud API message throughput has been reached."),
    "throttle_recipient": (
        429,
        131056,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages were sent from this phone number to the same phone number in a short time.",
    ),
    "fail": (503, 131016, "Service unavailable", "A service is temporarily unavailable."),
    "reject": (
        400,
        131009,
        "Parameter value is not valid",
        "One or more parameter values are invalid.",
    ),
    "bad_credential": (401, 190, "Error validating access token: Session has expired", ""),
    "window_closed": (
        400,
        131047,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied.",
    ),
}


def refusal(status: int, code: int, message: str, details: str = "") -> Reply:
    """An error's answer. Source: Meta, "WhatsApp: Error codes" (error response syntax)."""
    error: dict[str, JsonValue] = {
        "message": f"(#{code}) {message}" if code != 190 else message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": f"A{secrets.token_urlsafe(17)}",
    }
    if details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return Reply(status, {"error": error})


def fault(which: Fault) -> Reply:
    """Meta's words for a fault."""
    return refusal(*_FAULTS[which])


def invalid(wrong: ValidationError) -> Reply:
    """What is wrong with a request: a field too much, one too few, or a value."""
    first = wrong.errors()[0]
    where = ".".join(str(each) for each in first["loc"]) or "the request"
    match first["type"]:
        case "extra_forbidden":
            return refusal(400, 100, "Invalid parameter", f"Unexpected key {where!r}.")
        case "missing":
            return refusal(400, 131008, "Required parameter is missing", f"{where} is missing.")
        case _:
            return refusal(400, 131009, "Parameter value is not valid", f"{where}: {first['msg']}")


def unknown_token() -> Reply:
    """The access token is missing, or another one."""
    return refusal(401, 190, "Invalid OAuth access token - Cannot parse access token")


def unknown_path(path: str) -> Reply:
    """No such node."""
    return refusal(404, 2500, f"Unknown path components: {path}")


def no_node(node: str) -> Reply:
    """An id that is nobody's, or not this token's; with the subcode 33."""
    reply = refusal(
        400,
        100,
        f"Unsupported request. Object with ID '{node}' does not exist, cannot be loaded due to missing permissions, "
        "or does not support this operation",
    )
    assert isinstance(reply.json, dict)
    error = reply.json["error"]
    assert isinstance(error, dict)
    return Reply(400, {"error": error | {"error_subcode": 33}})
