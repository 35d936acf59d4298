"""Whether a thing is what it is said to be, and its one form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from rejoinder.bots.policies import OwnEntity
from rejoinder.llm.model import Entity
from rejoinder.text import language
from rejoinder.understanding.model import Place
from rejoinder.understanding.naming import contact, money, own, said
from rejoinder.understanding.naming.numbers import amount, comma_decimal, short
from rejoinder.understanding.naming.plain import plain
from rejoinder.understanding.naming.read import KINDS, entities
from rejoinder.understanding.naming.when import zone

_LONGEST = 500  # characters of one thing
# A model's other names for the kinds.
_ALIASES = {
    "phone_number": "phone", "telephone": "phone", "mobile": "phone", "email_address": "email", "e_mail": "email",
    "link": "url", "website": "url", "order_id": "order_number", "order_no": "order_number", "order": "order_number",
    "price": "money", "date_time": "datetime", "customer_name": "name", "person_name": "name", "person": "name",
}  # fmt: skip
# What rules can't read of these may still be right ("the week after Easter"); an e-mail address can't.
_LOOSE = frozenset({"date", "time", "datetime", "quantity", "name"})
_NAME = re.compile(r"[^\W\d_](?:[^\d_@/\\<>{}\[\]:;!?=+*#%$\"]){0,79}")
_CODE = re.compile(r"#?\s?[A-Za-z0-9]{1,20}(?:[-_/ ][A-Za-z0-9]{1,20}){0,4}")


def valid(kind: str, value: str, place: Place, own_kinds: Sequence[OwnEntity]) -> str | None:
    """The normal form of `value` as a thing of that kind, None where it is none.

    Takes what a customer answers to "your phone number?": a bare amount is money in the Place's currency, a bare
    number a quantity, a moment gives its date or time. A kind nobody knows takes anything but nothing.
    """
    told = value.strip()[:_LONGEST]
    if not told:
        return None
    for one in own_kinds:
        if one.type == kind:
            return own.canonical(told, one)
    if kind not in KINDS:
        return value.strip()
    return _bare(kind, told, place) or _named(kind, told, place)


def normalised(entity: Entity, place: Place, own_kinds: Sequence[OwnEntity]) -> Entity | None:
    """What a model named, with its normal form; None for a "phone" that is none, or a value the bot's own kind lacks.

    Other names of the kinds (`phone_number`) become theirs. Unknown kinds stay as they are, and so do dates, times,
    quantities and names that no rule can read, without a normal form.
    """
    own_names = {one.type for one in own_kinds}
    known = entity.type in own_names
    kind = entity.type if known else _ALIASES.get(entity.type, entity.type)
    if kind not in KINDS and not known:
        return entity if entity.value.strip() else None
    for said_so in (entity.value, entity.normal or ""):
        if normal := valid(kind, said_so, place, own_kinds):
            return replace(entity, type=kind, normal=normal)
    if kind in _LOOSE and not known and entity.value.strip():
        return replace(entity, type=kind, normal=None)
    renamed = kind != entity.type and kind not in {"phone", "email"}
    return entity if renamed and entity.value.strip() else None


def _bare(kind: str, told: str, place: Place) -> str | None:
    """The value with nothing around it, its own normal form included."""
    match kind:
        case "phone":
            return contact.e164(plain(told).text, place.country)
        case "date" | "time" | "datetime":
            return _iso(kind, told, place)
        case "money":
            number = _number(told, place, groups=True)
            if number is None or place.currency is None:
                return None
            return money.told(number, place.currency)
        case "quantity":
            number = _number(told, place, groups=False)
            return None if number is None else short(number)
        case "order_number":
            bare = _CODE.fullmatch(told) and any(char.isdigit() for char in told)
            return told.lstrip("# ").upper() if bare else None
        case "name":
            whole = _NAME.fullmatch(told) and len(told.split()) <= 6
            return " ".join(told.split()) if whole and not list(said.names(plain(told))) else None
    return None


def _named(kind: str, told: str, place: Place) -> str | None:
    """The one thing of the kind that a longer answer names."""
    found = entities(told, place, (), language(told))
    for entity in found:
        if entity.type == kind:
            return entity.normal or entity.value
        if entity.type == "datetime" and kind in {"date", "time"} and entity.normal:
            moment = datetime.fromisoformat(entity.normal)
            return moment.date().isoformat() if kind == "date" else f"{moment:%H:%M}"
    return None


def _number(told: str, place: Place, *, groups: bool) -> Decimal | None:
    folded = plain(told).text
    if not re.fullmatch(r"\d{1,12}(?:[.,]\d{1,12}){0,5}", folded):
        return None
    return amount(folded, comma=comma_decimal(language(told), place.country), groups=groups)


def _iso(kind: str, told: str, place: Place) -> str | None:
    try:
        match kind:
            case "date":
                return date.fromisoformat(told).isoformat()
            case "time":
                return f"{time.fromisoformat(told):%H:%M}" if ":" in told else None
            case _:
                if len(told) < 16:
                    return None
                moment = datetime.fromisoformat(told)
                known = moment if moment.tzinfo else moment.replace(tzinfo=zone(place))
                return known.isoformat(timespec="seconds")
    except ValueError:
        return None
