"""Phone numbers as they are written at home and abroad.

Told by their first digits and length: the numbering plans of the five languages' countries (ITU-T E.164 and the
national plans), not of all the world. A number from elsewhere is known by its + or by a word before it.
"""

from __future__ import annotations

import re

from rejoinder.guard.personal.number import Number

# Written with the 0 that leads at home: nothing but a phone number begins so and has this length.
_LED_BY_ZERO = re.compile(
    r"0[689]\d{8}|02\d{7}|0[3457]\d{7}"  # Thailand
    r"|0[35789]\d{8}|02\d{9}"  # Vietnam
    r"|0[1-9]\d9\d{8}|0[1-9]\d{9}|00[1-9]\d{7,13}"  # Brazil with its trunk 0; eleven as elsewhere; 00 for +
)
_WITH_COUNTRY = re.compile(
    r"66[2-9]\d{7,8}|84[235789]\d{8,9}|55[1-9][1-9]9?\d{8}|351[29]\d{8}|34[6789]\d{8}|521?[2-9]\d{9}|549?[1-9]\d{9}"
    r"|573\d{9}|569\d{8}|519\d{8}|1[2-9]\d{2}[2-9]\d{6}|447\d{9}"
)
_AT_HOME = {
    9: re.compile(r"[6-9]\d{8}|2[1-9]\d{7}"),  # Spain, Portugal, Chile, Peru
    10: re.compile(
        r"[2-9]\d{9}|[1-9][1-9][2-5]\d{7}"
    ),  # Mexico, United States, Colombia; Brazil's landlines
    11: re.compile(
        r"[1-9][1-9]9\d{8}|1[2-9]\d{2}[2-9]\d{6}"
    ),  # Brazil's mobiles; United States with its 1
}
_GROUPED = {
    9: {(9,), (3, 3, 3), (3, 2, 2, 2), (3, 6), (2, 3, 4), (2, 3, 2, 2), (1, 4, 4)},
    10: {(10,), (3, 3, 4), (2, 4, 4), (3, 7), (2, 8), (3, 3, 2, 2)},
    11: {(11,), (2, 5, 4), (2, 9), (2, 1, 4, 4), (2, 3, 3, 3), (1, 3, 3, 4), (2, 5, 2, 2)},
}
_BRAZIL_LOCAL = re.compile(r"9\d{4}[- .]\d{4}")
_WORD = re.compile(
    r"(?:\b(?:phone|mobile|cell|call|whats ?app|tel|text me|sms|sđt|sdt|điện thoại|đt|zalo|gọi|liên hệ|telefone|fone"
    r"|celular|cel|zap|ligar|ligue|contato|teléfono|telefono|móvil|movil|llamar|llámame|contacto)\b"
    r"|โทร|เบอร์|มือถือ|ติดต่อ)[^\d\n+]{0,24}$"
)


def is_phone(number: Number) -> bool:
    """By the + and 8 to 15 digits, by the leading 0, by a known beginning and grouping, or by a word before it."""
    plain, groups = number.digits, number.groups
    if number.international:
        return 8 <= len(plain) <= 15
    if number.hashed:
        return False
    if _LED_BY_ZERO.fullmatch(plain):
        return len(groups) <= 5
    if number.ordered:
        return False
    if _WORD.search(number.led):
        return 7 <= len(plain) <= 15
    if _WITH_COUNTRY.fullmatch(plain):
        return len(groups) <= 7
    if _BRAZIL_LOCAL.fullmatch(number.shape):
        return True
    at_home = _AT_HOME.get(len(plain))
    return bool(at_home and at_home.fullmatch(plain) and groups in _GROUPED[len(plain)])
