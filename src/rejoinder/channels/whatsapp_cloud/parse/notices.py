"""What Meta tells of the account, its templates, groups and calls: it stands in the channel's log, and asks nothing."""

from __future__ import annotations

import json
from typing import Final

from rejoinder.channels.meta.graph import error_of
from rejoinder.channels.meta.reading import Json, first, moment, record, records, text
from rejoinder.channels.port.event import InboundEvent, Noted, Odd, Renamed, Sender, Trouble
from rejoinder.channels.whatsapp_cloud.errors import failure
from rejoinder.channels.whatsapp_cloud.parse.message import Inside
from rejoinder.channels.whatsapp_cloud.parse.people import identities

NOTICES: Final = frozenset(
    {
        *("account_alerts", "account_review_update", "account_settings_update", "account_update"),
        *("automatic_events", "business_capability_update", "business_status_update"),
        *("business_username_update", "calls", "consumer_profile", "flows"),
        *("group_lifecycle_update", "group_participants_update"),
        *("group_settings_update", "group_status_update"),
        *("message_template_components_update", "message_template_quality_update"),
        *("message_template_status_update", "messaging_handovers", "partner_solutions"),
        *("payment_configuration_update", "phone_number_name_update"),
        *("phone_number_quality_update", "security", "smb_app_state_sync"),
        *("template_category_update", "template_correct_category_detection", "tracking_events"),
    }
)
"""The webhook fields that are known, and change nothing here."""

_LONGEST: Final = 500  # characters of a notice; the whole body is in the channel's log


def noticed(field: str, value: Json, inside: Inside) -> InboundEvent:
    """A notice in words: the field, and what it holds."""
    what = first(value, "event", "decision", "new_quality_score", "requested_verified_name")
    rest = {
        name: each for name, each in value.items() if name not in ("messaging_product", "metadata")
    }
    words = json.dumps(rest, ensure_ascii=False)
    shown = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    return Noted(f"{field}{f' {what}' if what else ''}: {shown}", account=inside.account)


def history(value: Json, inside: Inside) -> list[InboundEvent]:
    """The past chats of a number that the WhatsApp Business app shares with us.

    They are not taken in: what a person settled months ago would look like messages to answer, and count as a person
    who has taken over. The notice says how many there were.
    """
    told: list[InboundEvent] = []
    for each in records(value.get("history")):
        told += [_trouble(error, inside) for error in records(each.get("errors"))]
        threads = records(each.get("threads"))
        if threads:
            count = sum(len(records(thread.get("messages"))) for thread in threads)
            told.append(
                Noted(
                    f"history: {count} past messages of {len(threads)} chats were not taken in",
                    account=inside.account,
                )
            )
    return told or [Noted("history: no messages in it", account=inside.account)]


def preferred(value: Json, inside: Inside) -> list[InboundEvent]:
    """Customers who want marketing messages or want none: that concerns templates of that category alone."""
    told: list[InboundEvent] = []
    for each in records(value.get("user_preferences")):
        who = identities(each.get("wa_id"), each.get("user_id"))
        words = ": ".join(
            filter(None, (first(each, "category"), first(each, "value"), first(each, "detail")))
        )
        told.append(
            Noted(f"user_preferences {words}", Sender(who) if who else None, account=inside.account)
        )
    return told


def new_ids(value: Json, inside: Inside) -> list[InboundEvent]:
    """Customers whose business-scoped id has changed (field `user_id_update`)."""
    return [_new_id(each, inside) for each in records(value.get("user_id_update"))]


def _new_id(update: Json, inside: Inside) -> InboundEvent:
    ids, at = record(update.get("user_id")), moment(update.get("timestamp")) or inside.at
    before = identities(update.get("wa_id"), ids.get("previous"))
    now = identities(ids.get("current"))
    if not before or not now or at is None:
        return Odd(
            "a user_id_update without the ids before and now, or without a time", inside.account
        )
    return Renamed(before, now, at, account=inside.account)


def troubles(value: Json, inside: Inside) -> list[InboundEvent]:
    """The errors of the account among a value."""
    return [_trouble(each, inside) for each in records(value.get("errors"))]


def _trouble(found: Json, inside: Inside) -> Trouble:
    error = error_of(found)
    return Trouble(str(error), failure(error), account=inside.account)


def unknown(field: str | None, inside: Inside) -> Odd:
    """A field that nobody here knows."""
    return Odd(
        f"the unknown webhook field {field!r}" if field else "a change without a field",
        inside.account,
    )


def names_account(value: Json) -> str | None:
    """The id of our number in a value's `metadata`; None for what concerns the whole business account."""
    return text(record(value.get("metadata")).get("phone_number_id"))
