"""Links, domains, email addresses, phone and identity numbers of a reply: each must stand somewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rejoinder.guard.personal.places import places
from rejoinder.guard.personal.span import digits
from rejoinder.guard.replying.reply import Reply

# Endings that a bare domain is known by; those that are words too ("ok.so", "gracias.me") count only before a path.
_ENDINGS = (
    "com|net|org|info|biz|shop|store|app|dev|xyz|online|site|link|click|top|club|live|tech|cloud|page|website"
    "|space|world"
    "|today|life|vip|win|work|fun|icu|buzz|gle|ly|gg|ai|io|co|th|vn|br|mx|es|pt|ar|cl|pe|uk|de|fr|eu|ru|cn|jp|kr"
    "|sg|ph|tk|ml"
    "|ga|cf|gq|cc|tv|us|ca|au|nz|ws|mobi|asia|gov|edu|bank|pay|support|help|center"
)
_WORDS = "me|it|is|in|so|to|no|do|am|at|be|my|id|la|ma|st|sh|im|as"
_LABEL = r"[A-Za-z0-9\u00c0-\u052f](?:[A-Za-z0-9\u00c0-\u052f-]{0,62})"
_PATH = r"(?:[/?#][^\s<>\"'“”«»()\[\]\u0e00-\u0e7f]{0,400})?"
_LINK = re.compile(
    rf"(?P<scheme>\b(?:https?|ftp|hxxps?)://)[^\s/<>\"'“”()\[\]?#\u0e00-\u0e7f]{{1,253}}{_PATH}"
    rf"|(?<![\w@.\u00c0-\u052f/-])(?:{_LABEL}\.){{1,8}}(?:(?:{_ENDINGS}|xn--[a-z0-9-]{{2,59}})(?![A-Za-z0-9@-]"
    rf"|\.[A-Za-z0-9]){_PATH}"
    rf"|(?:{_WORDS})/[A-Za-z0-9_%+?=&-]{{2,200}})",
    re.IGNORECASE,
)
# A dot in words or brackets: "shop dot com", "shop[.]net", "shop (punto) org". What else these words may mean is why
# only endings follow that are no words beside them; "ponto com" is also Portuguese for "point with".
_DOT_WORDS = "dot|punto|ponto|chấm|cham|จุด|ดอท|ดอต"
_SAID_ENDINGS = "com|net|org|biz|xyz|io|vn|th|br"
_IN_BRACKETS = re.compile(
    rf"\s{{0,2}}[\[({{<]\s?(?:\.|{_DOT_WORDS})\s?[\])}}>]\s{{0,2}}(?=[A-Za-z0-9])", re.IGNORECASE
)
_IN_WORDS = re.compile(
    rf"(?<=[A-Za-z0-9\u0e01-\u0e4e])\s{{0,2}}(?:(?<=[\s\u0e01-\u0e4e])(?:dot|punto|chấm|cham)\s|จุด\s?|ดอ[ทต]\s?"
    rf"|(?<=\s)ponto\s(?!com\s(?!barra\b|ponto\b)))(?P<end>{_SAID_ENDINGS}|คอม|เน็ต)\b",
    re.IGNORECASE,
)
_HYPHENED_PONTO = re.compile(r"(?<=[A-Za-z0-9])-([A-Za-z0-9-]{1,40})\sponto\scom\b", re.IGNORECASE)
_SPACED_DOT = re.compile(rf"(?<=[A-Za-z0-9])\s\.\s?(?=(?:{_SAID_ENDINGS})\b)", re.IGNORECASE)
_MAYBE_SAID = re.compile(
    rf"{_DOT_WORDS}|[\[({{<]\s?\.|\s\.|[。．․｡﹒\u200b\u200c\u200d\u2060\ufeff\u00ad]",
    re.IGNORECASE,
)
_ENDINGS_IN_THAI = {"คอม": "com", "เน็ต": "net"}
_ODD_DOTS = str.maketrans("。．․｡﹒", ".....", "\u200b\u200c\u200d\u2060\ufeff\u00ad")
_TAIL = ".,;:!?…*_~`)"
_PHONE_TAIL = 8  # digits that tell two numbers apart, whatever stands before: +66, 0, nothing


@dataclass(frozen=True, slots=True)
class Link:
    """`host` in lower case without "www.", `path` without its last slash."""

    host: str
    path: str
    shown: str


def links(text: str) -> Iterator[Link]:
    """URLs and bare domains, also those whose dots are words ("shop dot com") or stand in brackets."""
    for found in _LINK.finditer(dotted(text)):
        shown = found.group().rstrip(_TAIL)
        bare = shown[len(found["scheme"]) :] if found["scheme"] else shown
        authority = re.split(r"[/?#]", bare, maxsplit=1)[0]
        # "https://shop.com@evil.example" goes to evil.example
        host = authority.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")
        yield Link(host.rstrip("."), bare[len(authority) :].rstrip("/"), shown)


def dotted(text: str) -> str:
    """The text with dots where something is said in their place before the end of a domain."""
    if not _MAYBE_SAID.search(text):
        return text
    text = _IN_BRACKETS.sub(".", text.translate(_ODD_DOTS))
    text = _HYPHENED_PONTO.sub(r"-\1.com", text)
    text = _IN_WORDS.sub(lambda dot: f".{_ENDINGS_IN_THAI.get(dot['end'], dot['end'])}", text)
    return _SPACED_DOT.sub(".", text)


def unknown_link(reply: Reply) -> str:
    """A link whose host stands nowhere, or whose path does not and whose host is not among `allowed_domains`."""
    for link in links(reply.text):
        if _allowed(link.host, reply.check.allowed_domains):
            continue
        known = _known(reply.all_told)
        paths = known.get(link.host)
        if paths is None:
            odd = (
                ""
                if link.host.isascii() and "xn--" not in link.host
                else " (letters of another script)"
            )
            return f'"{link.shown[:100]}" stands in no passage, instruction or message{odd}'
        if not any(path.startswith(link.path) for path in paths):
            return f'"{link.shown[:100]}": this page stands in no passage, instruction or message'
    return ""


def unknown_contact(reply: Reply) -> str:
    """An email address, or the number of a phone, a card, an account or a person, that nobody gave."""
    found = places(reply.text, _CONTACTS)
    if not found:
        return ""
    told = unicodedata.normalize("NFKC", reply.all_told).lower()
    numbers = digits(told)
    for span in found:
        shown = reply.text[span.start : span.end]
        plain = unicodedata.normalize("NFKC", shown).lower()
        if span.kind == "email" and plain not in told:
            return f'the address "{shown}" stands nowhere'
        if span.kind == "phone" and digits(plain)[-_PHONE_TAIL:] not in numbers:
            return f'the number "{shown}" stands nowhere'
        if span.kind in _OF_PEOPLE and _bare_number(plain) not in _bare_number(told):
            return "a card, account or identity number stands nowhere"
    return ""


def _bare_number(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


_OF_PEOPLE = frozenset({"card", "iban", "national_id", "passport"})
_CONTACTS = frozenset({"email", "phone"}) | _OF_PEOPLE


def _allowed(host: str, domains: tuple[str, ...]) -> bool:
    return any(
        host == domain or host.endswith(f".{domain}")
        for domain in (_bare(domain) for domain in domains)
    )


def _bare(domain: str) -> str:
    host = domain.lower().partition("://")[2] or domain.lower()
    return host.partition("/")[0].removeprefix("*.").removeprefix("www.")


@lru_cache(maxsize=128)
def _known(told: str) -> dict[str, tuple[str, ...]]:
    """Hosts with the paths told of each; an email address tells its host."""
    paths: dict[str, tuple[str, ...]] = {}
    for link in links(told.replace("@", " ")):
        paths[link.host] = (*paths.get(link.host, ()), link.path)
    return paths
