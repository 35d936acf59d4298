"""What became of our messages, and what left our account without us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

from rejoinder.channels.meta.graph import error_of
from rejoinder.channels.meta.reading import Json, first, moment, record, records, text
from rejoinder.channels.port.event import Echoed, InboundEvent, Noted, Odd, Reported, Sender
from rejoinder.channels.whatsapp_cloud.errors import failure
from rejoinder.channels.whatsapp_cloud.parse.message import Inside
from rejoinder.channels.whatsapp_cloud.parse.parts import told
from rejoinder.channels.whatsapp_cloud.parse.people import identities

APP: Final = "WhatsApp Business app"
"""Who sends what comes back as an echo: a person, in that app. Our own sends never do."""

UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a receipt that names none: what it says of the message counts, not when."""

_STATUSES: Final[dict[str, Literal["sent", "delivered", "read", "failed"]]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",  # a voice note was listened to
    "failed": "failed",
}


def reported(status: Json, inside: Inside) -> InboundEvent:
    """The receipt that one of a value's `statuses` is.

    `recipient_id` is missing where the customer's number is not shown, and names the group for a group's message.
    """
    word, platform_id = text(status.get("status")) or "none", text(status.get("id"))
    delivery_id = text(status.get("biz_opaque_callback_data"))
    known = _STATUSES.get(word)
    if known is None:
        return Odd(f"a receipt with the unknown status {word!r}", inside.account)
    if platform_id is None and delivery_id is None:
        return Odd(f"a receipt ({word}) that does not say of which message", inside.account)
    error = None
    if known == "failed":
        error = error_of(next(iter(records(status.get("errors"))), {}))
    return Reported(
        known,
        moment(status.get("timestamp")) or inside.at or UNDATED,
        platform_id=platform_id,
        delivery_id=delivery_id,
        thread=_thread(status),
        error=str(error) if error else "",
        failure=failure(error) if error else None,
        account=inside.account,
    )


def _thread(status: Json) -> str | None:
    if group := first(status, "group_id"):
        return group
    if status.get("recipient_type") == "group":
        return first(status, "recipient_id")
    who = identities(status.get("recipient_id"), status.get("recipient_user_id"))
    return who[0].value if who else None


def echoed(message: Json, inside: Inside) -> InboundEvent:
    """A message that a person wrote in the WhatsApp Business app with our number (field `smb_message_echoes`)."""
    kind = text(message.get("type")) or "no type"
    if kind in ("edit", "revoke"):
        of = text(record(message.get(kind)).get("original_message_id"))
        did = "changed" if kind == "edit" else "took back"
        return Noted(f"a person {did} our message {of} in the {APP}", account=inside.account)
    platform_id, at = text(message.get("id")), moment(message.get("timestamp")) or inside.at
    who = identities(message.get("to"), message.get("to_user_id"))
    group = text(message.get("group_id"))
    if platform_id is None or at is None or not (who or group):
        return Odd(f"an echo ({kind}) without id, time or recipient", inside.account)
    content = told(message)
    if content is None:
        return Odd(f"an echo of the unknown type {kind!r}", inside.account)
    return Echoed(
        thread=group or who[0].value,
        platform_id=platform_id,
        text=content.text,
        parts=content.parts,
        at=at,
        recipient=Sender(who),
        delivery_id=text(message.get("biz_opaque_callback_data")),
        app=APP,
        media=content.media,
        account=inside.account,
    )
