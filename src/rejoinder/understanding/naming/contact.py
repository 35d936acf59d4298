"""E-mail addresses, links and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rejoinder.understanding.model import Place
from rejoinder.understanding.naming.found import SURE, USUAL, Found
from rejoinder.understanding.naming.plain import Plain

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
EMAIL = re.compile(
    rf"(?<![a-z0-9@._%+-]){_LOCAL}{{1,63}}(?:\.{_LOCAL}{{1,63}}){{0,5}}@"
    rf"(?:{_LABEL}\.){{1,5}}[a-z]{{2,24}}(?![a-z0-9@])"
)
# Without a scheme only what begins with www or ends as shops' addresses do: "ok.thanks" is no link.
_ENDINGS = "com|net|org|co|io|app|shop|store|me|info|biz|link|page|site|online|th|vn|br|pt|es|mx|ar"
URL = re.compile(
    r"(?<![a-z0-9@./-])(?:https?://[^\s<>\"'\u0e00-\u0e7f]{3,2000}"
    rf"|(?:www\.)(?:{_LABEL}\.){{1,5}}[a-z]{{2,24}}(?:[/?#][^\s<>\"'\u0e00-\u0e7f]{{0,1000}})?"
    rf"|(?:{_LABEL}\.){{1,4}}(?:{_ENDINGS})(?![a-z0-9@.-]*@)(?:[/?#][^\s<>\"'\u0e00-\u0e7f]{{0,1000}}|"
    rf"(?![a-z0-9.-]*[a-z0-9])))"
)
_CLOSING = ".,;:!?)]}*_~"

# Eight digits or more, as E.164 numbers have with their country; dots, dashes, spaces and brackets between.
_PHONE = re.compile(
    r"(?<![\w#$฿€£₫/.,@=-])(?:\+|00)?\(?\+?\d(?:[ ().\u2010-\u2013-]{0,2}\d){6,17}(?![\w@%$€₫]|[.,/]\d)"
)
_NO_PHONE = re.compile(
    r"\d{1,3}(?:[.,]\d{3})+|\d{1,2}[ .-]\d{1,2}[ .-]\d{4}(?:\D.*)?|(?:19|20|25)\d\d-[01]?\d-[0-3]?\d(?:\D.*)?"
)
_MEANT = {"th": "TH", "vi": "VN"}


def emails(text: Plain) -> Iterator[Found]:
    """Addresses; the normal form is in lower case."""
    if "@" not in text.text:
        return
    for hit in EMAIL.finditer(text.text):
        if text.original(*hit.span()).isascii():  # an accented letter is none of an address
            yield Found(*hit.span(), "email", hit.group(), rank=SURE)


def urls(text: Plain) -> Iterator[Found]:
    """Links; the normal form has a scheme and no full stop of the sentence at its end."""
    if "." not in text.text and "://" not in text.text:
        return
    for hit in URL.finditer(text.text):
        said = _unclosed(hit.group())
        end = hit.start() + len(said)
        written = text.original(hit.start(), end)
        scheme = "" if said.startswith(("http://", "https://")) else "https://"
        yield Found(hit.start(), end, "url", scheme + written, rank=SURE)


def _unclosed(said: str) -> str:
    """Without the sentence's own punctuation at its end; a bracket that the link itself opened stays."""
    while said and said[-1] in _CLOSING:
        if said[-1] == ")" and said.count("(") >= said.count(")"):
            break
        said = said[:-1]
    return said


def phones(text: Plain, place: Place, language: str) -> Iterator[Found]:
    """Numbers that the country's plan, or that of the code they begin with, knows as valid; as E.164."""
    country = place.country or _MEANT.get(language)
    for hit in _PHONE.finditer(text.text):
        end, said = hit.end(), hit.group()
        for _ in range(4):  # a number may be followed by another figure: "081 234 5678 12"
            if normal := e164(said, country):
                yield Found(hit.start(), end, "phone", normal, rank=USUAL)
                break
            said = said.rpartition(" ")[0]
            end = hit.start() + len(said)
            if not said:
                break


def e164(said: str, country: str | None) -> str | None:
    """The number in international form, None where it is none; `country` (ISO 3166): of numbers without a code."""
    if _NO_PHONE.fullmatch(said):
        return None
    digits = re.sub(r"\D", "", said)
    abroad = said.lstrip("( ").startswith("+") or digits.startswith("00")
    if not 7 <= len(digits) <= 17 or (country is None and not abroad):
        return None
    import phonenumbers  # 58 ms: not before somebody writes a number

    if not abroad and not _dialled(digits, country or "", said):
        return None
    number = f"+{digits.removeprefix('00')}" if abroad else said
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _dialled(digits: str, country: str, said: str) -> bool:
    """Whether it is written as that country writes its numbers: eight bare digits may be anything."""
    import phonenumbers

    code = str(phonenumbers.country_code_for_region(country))
    trunk = phonenumbers.ndd_prefix_for_region(country, True)
    if trunk == "0" and country != "BR":
        return digits.startswith(("0", code))
    return len(digits) >= 9 or not said.isdigit()
