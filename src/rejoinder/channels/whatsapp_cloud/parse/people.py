"""Who is who in a webhook: phone numbers and business-scoped user ids, either of which may be missing.

Source: Meta, "Business-scoped user IDs": since 2026 `from`, `wa_id` and `recipient_id` are left out for customers whose
number is not shown. A business-scoped id belongs to a phone number: with another number a customer gets another one.
"""

from __future__ import annotations

import re
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.meta.reading import Json, first, record, records, text
from rejoinder.channels.port.event import Identity, Sender

PHONE: Final = "phone"
WHATSAPP_USER: Final = "whatsapp_user"

_NUMBER = re.compile(r"[0-9]{5,20}")
_SPELLED = re.compile(r"[+\s().-]")
_USER = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


def is_phone(value: str) -> bool:
    """Whether it is a phone number's digits."""
    return _NUMBER.fullmatch(value) is not None


def is_user(value: str) -> bool:
    """Whether it is a business-scoped user id: a country and up to 128 letters and digits."""
    return _USER.fullmatch(value) is not None


def identity(value: JsonValue) -> Identity | None:
    """The identity that an id is: of digits a phone number, of anything else WhatsApp's own word for a person."""
    given = text(value)
    if given is None:
        return None
    digits = _SPELLED.sub("", given)
    return Identity(PHONE, digits) if is_phone(digits) else Identity(WHATSAPP_USER, given)


def identities(*values: JsonValue) -> tuple[Identity, ...]:
    """The identities of one person, without repeats: the phone number first, which is the same in every channel."""
    found = dict.fromkeys(each for value in values if (each := identity(value)) is not None)
    return tuple(sorted(found, key=lambda each: each.kind != PHONE))


def sender(message: Json, value: Json) -> Sender | None:
    """Who wrote a message; None where it names nobody.

    Its card among the value's `contacts` is the one with one of its ids; with neither id given, the only card there is.
    """
    own = identities(message.get("from"), message.get("from_user_id"))
    cards = records(value.get("contacts"))
    card = _card(own, cards)
    if not own and len(cards) == 1:
        card = cards[0]
    known = identities(*(each.value for each in own), card.get("wa_id"), card.get("user_id"))
    return Sender(known, _name(card)) if known else None


def _card(own: tuple[Identity, ...], cards: list[Json]) -> Json:
    for card in cards:
        if set(own) & set(identities(card.get("wa_id"), card.get("user_id"))):
            return card
    return {}


def _name(card: Json) -> str | None:
    profile = record(card.get("profile"))
    return first(profile, "name", "username") or text(card.get("username"))
