"""Customers of the played platform: numbers, user ids, and the ids of what they write."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.port.simulated import Customer
from rejoinder.channels.whatsapp_cloud.parse.people import is_phone

_FIRST: Final = ("Ama", "Bao", "Chai", "Dana", "Emil", "Fatima", "Goran", "Hana", "Ines", "Jun")
_LAST: Final = ("Nguyen", "Smith", "Okafor", "Srisai", "Weber", "Lopez", "Kim")
_NO_NUMBER_OF = 10  # one in so many shows no number


def numbered(number: int) -> Customer:
    """The customer of a number: the same in every run."""
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}"
    phone = f"1555{number:07d}"
    shown = number % _NO_NUMBER_OF != _NO_NUMBER_OF - 1
    return Customer(phone if shown else user_id(phone), name)


def user_id(phone: str) -> str:
    """The business-scoped id that belongs to a number, always the same."""
    return f"US.{int(hashlib.sha256(phone.encode()).hexdigest()[:16], 16)}"


def card(customer_id: str, name: str) -> dict[str, JsonValue]:
    """A customer as `contacts` shows them: with the number, where it is shown."""
    if is_phone(customer_id):
        return {"profile": {"name": name}, "wa_id": customer_id, "user_id": user_id(customer_id)}
    username = name.lower().replace(" ", ".")
    return {"profile": {"name": name, "username": username}, "user_id": customer_id}


def message_id(customer_id: str, *, inbound: bool) -> str:
    """A new message's id, built as WhatsApp builds its own: the other's number, the direction, and random digits."""
    number = (customer_id if is_phone(customer_id) else customer_id.partition(".")[2])[:60].encode()
    way = b"\x12" if inbound else b"\x11"
    digits = secrets.token_hex(10).upper().encode()
    told = (
        b"\x1c\x18"
        + bytes([len(number)])
        + number
        + b"\x15\x02\x00"
        + way
        + b"\x18\x14"
        + digits
        + b"\x00"
    )
    return f"wamid.{base64.b64encode(told).decode()}"
