"""What we say in WhatsApp's form: the parts of one message become one request, or the reason why they can't.

Source: Meta, "Messages" and the OpenAPI description v23.0. What WhatsApp has no form for is said in words; what would
lose something the customer must see is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from pydantic import JsonValue

from rejoinder.channels.whatsapp_cloud.account import LONGEST_CAPTION, LONGEST_TEXT
from rejoinder.channels.whatsapp_cloud.menus import (
    Menu,
    interactive,
    menu_of,
    numbered,
)
from rejoinder.conversations.content import (
    Buttons,
    Carousel,
    Contact,
    File,
    ListMenu,
    Location,
    Part,
    QuickReplies,
    Reaction,
    Template,
    Text,
)

Content: TypeAlias = dict[str, JsonValue]
"""A request's `type` and the object of that name."""

MOST_CONTACTS: Final = 5
_CAPTIONED = frozenset({"image", "video", "document"})  # an audio and a sticker have no text

_BREAKS = re.compile(r"\s*[\n\r\t]+\s*")
_SPACES = re.compile(r" {4,}")


@dataclass(frozen=True, slots=True)
class Unsayable:
    """Why a message can't be sent over WhatsApp."""

    why: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as a request names it: by the `id` of one that was uploaded, or by a `link` that Meta fetches.

    `kind` is the form it is sent in, which need not be the part's: a GIF is no image on WhatsApp, but a document.
    """

    kind: str
    handle: dict[str, JsonValue]
    filename: str | None = None


def compose(
    parts: Sequence[Part], attached: Attached | None = None, *, in_group: bool = False
) -> Content | Unsayable:
    """One request's content. `attached` is the only file among the parts, where there is one only.

    A group takes texts, files and templates alone (Meta, "Groups API", June 2026): the rest is said in words there.
    """
    if in_group:
        plain = [_plain(part) for part in parts]
        if None in plain:
            return Unsayable("a WhatsApp group takes texts, files and templates alone")
        return compose([part for part in plain if part is not None], attached)
    words = "\n\n".join(part.text for part in parts if isinstance(part, Text) and part.text.strip())
    others = [part for part in parts if not isinstance(part, Text)]
    if not others:
        return _text(words)
    if all(isinstance(part, Contact) for part in others) and not words:
        return _contacts([part for part in others if isinstance(part, Contact)])
    if len(others) > 1:
        return _with_menu(others, words, attached) or _in_words(parts)
    return _one(others[0], words, attached)


def _one(part: Part, words: str, attached: Attached | None) -> Content | Unsayable:
    match part:
        case File():
            return _file(part, words, attached)
        case QuickReplies() | Buttons() | ListMenu() | Carousel():
            return _menu(menu_of(part).introduced(words))
        case Location() if not words:
            return _location(part)
        case Template() if not words:
            return _template(part)
        case Reaction() if not words:
            return {
                "type": "reaction",
                "reaction": {"message_id": part.of, "emoji": part.emoji or ""},
            }
        case Location() | Contact():
            return _in_words((Text(text=words), part))
        case Template() | Reaction():
            return Unsayable(f"WhatsApp sends a {part.kind} alone, not together with text")
        case _:
            return Unsayable(f"a part of the kind {part.kind!r} is a customer's, and is not sent")


def _text(words: str) -> Content | Unsayable:
    if not words.strip():
        return Unsayable("there is nothing in it to send")
    if len(words) > LONGEST_TEXT:
        return Unsayable(f"the text has {len(words)} characters; WhatsApp takes {LONGEST_TEXT}")
    body: dict[str, JsonValue] = {"body": words}
    if "https://" in words or "http://" in words:
        body["preview_url"] = True
    return {"type": "text", "text": body}


def _file(part: File, words: str, attached: Attached | None) -> Content | Unsayable:
    if attached is None:
        return Unsayable(f"the {part.kind} has no address and is not in the media store")
    caption = "\n\n".join(each for each in (words, part.text) if each and each.strip())
    sent = dict(attached.handle)
    if caption:
        if attached.kind not in _CAPTIONED or len(caption) > LONGEST_CAPTION:
            return _linked(part, caption)
        sent["caption"] = caption
    if attached.kind == "document" and attached.filename:
        sent["filename"] = attached.filename
    return {"type": attached.kind, attached.kind: sent}


def _linked(part: File, caption: str) -> Content | Unsayable:
    """A file whose text WhatsApp has no room for: the text, and the address where anybody can fetch the file."""
    if part.url is None:
        return Unsayable(
            f"WhatsApp takes no text of {len(caption)} characters with a file of the kind {part.kind!r}"
        )
    return _text(f"{caption}\n\n{part.url}")


def _menu(menu: Menu) -> Content | Unsayable:
    tappable = interactive(menu)
    if tappable is not None:
        return {"type": "interactive", "interactive": tappable}
    words = numbered(menu)
    if menu.image_url and len(words) <= LONGEST_CAPTION:
        return {"type": "image", "image": {"link": menu.image_url, "caption": words}}
    return _text(words)


def _with_menu(others: Sequence[Part], words: str, attached: Attached | None) -> Content | None:
    """A file above buttons: the one pair that a request carries as it is."""
    file = next((part for part in others if isinstance(part, File)), None)
    part = next((part for part in others if isinstance(part, QuickReplies | Buttons)), None)
    if file is None or part is None or len(others) != 2 or attached is None:
        return None
    tappable = interactive(menu_of(part).introduced("\n\n".join(filter(None, (words, file.text)))))
    if tappable is None or tappable["type"] != "button" or "header" in tappable:
        return None
    if attached.kind not in _CAPTIONED:
        return None
    tappable["header"] = {"type": attached.kind, attached.kind: attached.handle}
    return {"type": "interactive", "interactive": tappable}


def _location(part: Location) -> Content:
    place: dict[str, JsonValue] = {"latitude": part.latitude, "longitude": part.longitude}
    place |= {"name": part.name} if part.name else {}
    place |= {"address": part.address} if part.address else {}
    return {"type": "location", "location": place}


def _contacts(cards: Sequence[Contact]) -> Content | Unsayable:
    if len(cards) > MOST_CONTACTS:
        return _in_words(cards)
    return {"type": "contacts", "contacts": [_card(card) for card in cards]}


def _card(card: Contact) -> dict[str, JsonValue]:
    # A name needs one of its pieces beside the whole.
    made: dict[str, JsonValue] = {"name": {"formatted_name": card.name, "first_name": card.name}}
    if card.phones:
        made["phones"] = [{"phone": phone} for phone in card.phones]
    if card.emails:
        made["emails"] = [{"email": email} for email in card.emails]
    return made


def _template(part: Template) -> Content:
    template: dict[str, JsonValue] = {"name": part.name, "language": {"code": part.language}}
    if part.components is not None:
        template["components"] = part.components
    elif part.parameters:
        filled: list[JsonValue] = [
            {"type": "text", "text": _on_one_line(each)} for each in part.parameters
        ]
        template["components"] = [{"type": "body", "parameters": filled}]
    return {"type": "template", "template": template}


def _on_one_line(parameter: str) -> str:
    """A template's parameter may hold no line break, no tab and no more than four spaces in a row, nor be empty."""
    return _SPACES.sub("   ", _BREAKS.sub(" ", parameter)).strip() or "–"


def _in_words(parts: Sequence[Part]) -> Content | Unsayable:
    """All parts as one text, where each can be said in words."""
    said = [_words(part) for part in parts]
    if None in said:
        kinds = ", ".join(part.kind for part in parts)
        return Unsayable(f"one WhatsApp message can't hold these together: {kinds}")
    return _text("\n\n".join(each for each in said if each))


def _plain(part: Part) -> Part | None:
    if isinstance(part, Text | File | Template):
        return part
    words = _words(part)
    return Text(text=words) if words is not None else None


def _words(part: Part) -> str | None:
    match part:
        case Text():
            return part.text
        case File():
            return "\n".join(filter(None, (part.text, part.url))) if part.url else None
        case Location():
            spot = f"https://maps.google.com/?q={part.latitude},{part.longitude}"
            return "\n".join(filter(None, (part.name, part.address, part.url or spot)))
        case Contact():
            return "\n".join((part.name, *part.phones, *part.emails))
        case QuickReplies() | Buttons() | ListMenu() | Carousel():
            return numbered(menu_of(part))
        case _:
            return None
