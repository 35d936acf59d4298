"""A webhook's body: entries, their changes, and in each any number of messages, receipts, echoes and errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rejoinder.channels.meta.reading import Json, load, moment, record, records, text
from rejoinder.channels.port.event import InboundEvent, Odd
from rejoinder.channels.whatsapp_cloud.parse import notices
from rejoinder.channels.whatsapp_cloud.parse.message import Inside, happened
from rejoinder.channels.whatsapp_cloud.parse.status import echoed, reported

OBJECT = "whatsapp_business_account"


def parse(body: bytes) -> list[InboundEvent]:
    """The events of a body, in its order; whatever is not understood is Odd, beside neighbours that are.

    Source: Meta's OpenAPI description v23.0, WebhookPayload. Never raises.
    """
    try:
        envelope = record(load(body))
    except ValueError as wrong:
        return [Odd(f"the body is no JSON: {wrong}")]
    if envelope.get("object", OBJECT) != OBJECT:
        return [Odd(f"the body is of the object {envelope['object']!r}, not {OBJECT!r}")]
    changes = [
        (entry, change)
        for entry in records(envelope.get("entry"))
        for change in records(entry.get("changes"))
    ]
    if not changes:
        return [Odd("the body has no entry with changes")]
    return [event for entry, change in changes for event in _change(entry, change)]


def _change(entry: Json, change: Json) -> list[InboundEvent]:
    value, field = record(change.get("value")), text(change.get("field"))
    inside = Inside(value, notices.names_account(value), moment(entry.get("time")))
    match field:
        case None | "messages":
            found = list(_messages(value, inside))
        case "smb_message_echoes" | "message_echoes":
            found = _each(value, "message_echoes", echoed, inside)
        case "history":
            found = notices.history(value, inside)
        case "user_preferences":
            found = notices.preferred(value, inside)
        case "user_id_update":
            found = notices.new_ids(value, inside)
        case _ if field in notices.NOTICES:
            return [notices.noticed(field, value, inside)]
        case _:
            return [notices.unknown(field, inside)]
    return found or [Odd(f"a change of the field {field!r} with nothing in it", inside.account)]


def _messages(value: Json, inside: Inside) -> Iterator[InboundEvent]:
    yield from _each(value, "messages", happened, inside)
    yield from _each(value, "statuses", reported, inside)
    yield from _each(value, "message_echoes", echoed, inside)
    yield from notices.new_ids(value, inside)
    yield from notices.troubles(value, inside)


def _each(
    value: Json, name: str, read: Callable[[Json, Inside], InboundEvent], inside: Inside
) -> list[InboundEvent]:
    return [read(each, inside) for each in records(value.get(name))]
