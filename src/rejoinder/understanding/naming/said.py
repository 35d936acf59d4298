"""What customers say of themselves and their orders: "my name is …", "order #A-1234"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rejoinder.understanding.naming.found import SURE, Found
from rejoinder.understanding.naming.plain import Plain, plain

CODE = r"#?\s?(?P<code>(?=[a-z0-9_/-]{0,30}\d)[a-z0-9]{1,20}(?:[-_/][a-z0-9]{1,20}){0,4})(?![a-z0-9@]|[.,]\d)"
"""An order's number: letters and digits, one digit at least, in a folded text."""

_ORDER = re.compile(
    r"(?:(?<![a-z])(?:(?:order|purchase|tracking|booking|invoice|reservation|po)(?:\s(?:number|num|no|"
    r"id|code|ref)\.?)?"
    r"|(?:ma\s)?(?:so\s)?don(?:\shang)?(?:\sso)?|ma\sdon(?:\shang)?|(?:ma\s)?van\sdon|so\sdon(?:\shang)?"
    r"|(?:numero\s(?:de\s|do\s|del\s)?)?(?:pedido|encomenda|orden|compra|rastreio|reserva|factura)"
    r"|codigo\s(?:de\s|do\s|del\s)?(?:pedido|rastreio|rastreamento|reserva))"
    r"|(?:หมายเลข|เลขที่|เลข|รหัส)?(?:คำสั่งซื้อ|ออเดอร์|ออร์เดอร์|ใบสั่งซื้อ|พัสดุ|การจอง|ใบเสร็จ|"
    r"บิล)(?:หมายเลข|เลขที่|เลข)?)"
    r"\s?(?:n\.?º|n\.?°|nº|no\.?|nro\.?|num\.?|numero|number|so|la|is|เป็น|คือ|=|:|#|no\b)?\s?[:#]?\s?"
    + CODE
)
_HASH = re.compile(r"(?<![\w&#/])#" + CODE.removeprefix(r"#?\s?"))
_JOINS = frozenset(
    {"da", "de", "do", "das", "dos", "del", "la", "van", "von", "bin"}
)  # Maria da Silva
_FEWEST = 3  # characters: "order 2 boxes" and "#1" name no order

_THAI_NAME = "[\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e]"
_NAME = re.compile(
    r"(?<![a-z])(?:my\s(?:full\s)?name(?:'s|’s|\sis|\s?:)|name\s?:|(?P<weak>call\sme|i\sam|i'm|i’m|"
    r"this\sis|sou\s[oa]|soy)"
    r"|ten\s(?:cua\s)?(?:toi|minh|em|anh|chi|chau|to)\s(?:la|:)|(?:toi|minh|em|anh|chi|chau|"
    r"to)\sten(?:\sla)?|ten\s?:"
    r"|(?:o\s)?meu\snome(?:\scompleto)?\s(?:e|eh|é)|me\schamo|chamo-me|nome\s?:|me\sllamo|"
    r"mi\snombre\s(?:completo\s)?es|nombre\s?:)"
    r"\s+(?P<name>[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_])){0,30}(?:\s[^\W\d_](?:[^\W\d_]|['’.-]"
    r"(?=[^\W\d_])){0,30}){0,4})"
)
_NAME_TH = re.compile(
    r"(?:ผม|ดิฉัน|ฉัน|หนู|เรา|พี่|ลูกค้า|^|\s|:)\s?(?P<says>ชื่อ)(?:จริง)?(?:ว่า|คือ|\s?:)?\s{0,2}"
    rf"(?P<name>(?:คุณ)?(?:{_THAI_NAME}{{2,25}}?(?:\s(?:นามสกุล\s?)?{_THAI_NAME}{{2,25}}?)?|"
    rf"[a-z]{{2,20}}(?:\s[a-z]{{2,20}})?))"
    r"(?=\s?(?:ครับ|คับ|ค่ะ|คะ|ค่า|นะ|จ้า|จ้ะ|เบอร์|โทร|อยู่|$|[,.!\n()/\d]))"
)
_NOT_NAMES_TH = re.compile("อะไร|ร้าน|สินค้า|บัญชี|เพจ|เดียว|นี้|ไหน|ใคร|เมนู|รุ่น|โรง")
# Where a name typed in small letters ends, and what after "I'm" is no name.
_SMALL = (
    "and i from my but here with at in on the a so please can could want need is it looking e y de "
    "da do quero gostaria moro tenho com quiero tengo necesito con "
    "desde soy va toi muon can la o nhe nha day a mas pero estou estoy em "
    "calling speaking again im your our not just also for to thanks thank "
)
_AFTER = frozenset(_SMALL.split())


def orders(text: Plain) -> Iterator[Found]:
    """Numbers said to be an order's; the normal form is in capitals, without #. The span holds the word before too, so
    that the digits are nothing else."""
    for pattern, least in ((_ORDER, _FEWEST), (_HASH, _FEWEST)):
        for hit in pattern.finditer(text.text):
            code = text.original(*hit.span("code"))
            if len(code) >= least and code.isascii():
                yield Found(
                    hit.start(), hit.end(), "order_number", code.upper(), hit.span("code"), SURE
                )


def names(text: Plain) -> Iterator[Found]:
    """The customer's own name, where they say it is theirs; there is no other form of it."""
    for hit in _NAME.finditer(text.text):
        start, end = hit.span("name")
        length = _name_length(text.cased(start, end), weak=hit["weak"] is not None)
        if length:
            yield Found(hit.start(), start + length, "name", None, (start, start + length), SURE)
    if "ชื่อ" in text.text:
        for hit in _NAME_TH.finditer(text.text):
            if not _NOT_NAMES_TH.match(hit["name"]):
                yield Found(hit.start("says"), hit.end(), "name", None, hit.span("name"), SURE)


def _name_length(written: str, *, weak: bool) -> int:
    """How many characters of it are the name: its capitalised words, else one word in small letters, or up to four that
    nothing follows. After "I'm" only capitals make a name."""
    words = list(re.finditer(r"\S+", written))
    capital = [word for word in words if word.group()[0].isupper()]
    if words[0].group()[0].isupper() and not written.isupper():
        kept = len(words)
        for at, word in enumerate(words):
            if word not in capital and word.group() not in _JOINS:
                kept = at
                break
        while words[kept - 1] not in capital:
            kept -= 1
        return words[kept - 1].end()
    if weak:
        return 0
    known = [at for at, word in enumerate(words) if at and plain(word.group()).text in _AFTER]
    kept = known[0] if known else min(len(words), 4)
    return words[kept - 1].end()
