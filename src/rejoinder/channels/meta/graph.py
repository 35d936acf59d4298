"""How the Graph API says no, in an answer and inside webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from rejoinder.channels.meta.reading import code, first, load, record, text
from rejoinder.net.guard import Posted

_UNSAID = -1  # an error that names no code


@dataclass(frozen=True, slots=True)
class GraphError:
    """One error. `transient` is Meta's own word that it passes; `trace` is what its support asks for.

    Source: Meta, "Graph API: Handle errors" and "WhatsApp: Error codes", which says to go by `code` and `details`.
    """

    code: int
    words: str
    subcode: int | None = None
    transient: bool = False
    trace: str | None = None

    def __str__(self) -> str:
        number = f" {self.code}" if self.code != _UNSAID else ""
        trace = f" (fbtrace_id {self.trace})" if self.trace else ""
        return f"Meta's error{number}: {self.words}{trace}"


def error_of(found: Mapping[str, JsonValue]) -> GraphError:
    """An error's object: that of an answer, or one of a webhook's `errors`."""
    said = first(found, "message", "title", "error_user_msg") or "no words given"
    details = text(record(found.get("error_data")).get("details"))
    told = code(found.get("code"))
    return GraphError(
        code=_UNSAID if told is None else told,
        words=f"{said}: {details}" if details and details not in said else said,
        subcode=code(found.get("error_subcode")),
        transient=found.get("is_transient") is True,
        trace=text(found.get("fbtrace_id")),
    )


def answered(posted: Posted) -> dict[str, JsonValue]:
    """The object that an answer's body is; an empty one where it is none."""
    try:
        return record(load(posted.body))
    except ValueError:
        return {}


def refusal(posted: Posted) -> GraphError | None:
    """The error in an answer; None where it has none, which may still not be a 200."""
    error = answered(posted).get("error")
    return error_of(error) if isinstance(error, dict) else None


def bearer(access_token: str) -> dict[str, str]:
    """The header that shows who asks."""
    return {"Authorization": f"Bearer {access_token}"}
