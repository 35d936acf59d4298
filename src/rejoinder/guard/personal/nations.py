"""National numbers of digits alone: Thailand, Brazil, Vietnam, the United States, Portugal, Chile and neighbours.

A number whose check digit fits, or whose grouping no other number has, needs no word before it; the others do.
"""

from __future__ import annotations

import re

from rejoinder.guard.personal.number import Number, weighted

_THAI = (1, 4, 5, 2, 1)
_CPF = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}")
_CNPJ = re.compile(r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}")
_SSN = re.compile(r"(?!000|666|9)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}")
_LAST_PROVINCE = 96  # of Vietnam's numbers (Circular 59/2021/TT-BCA, annex 1)
_WORD = re.compile(
    r"(?:cccd|căn cước|can cuoc|cmnd|chứng minh|cmt|ssn|social security|nif|nº de contribuinte|contribuinte|cpf|cnpj"
    r"|cédula|cedula|\bdni|\brut\b|\brun\b|\brg\b|national id|id card|id number|citizen id|บัตรประชาชน|เลขบัตร|ประจำตัว"
    r"|documento|identidade|identidad|\bcc\b|\bti\b|curp)[^\d\n]{0,24}$"
)


def is_national(number: Number) -> bool:
    """A citizen's or a taxpayer's number of one of these countries."""
    if number.international:
        return False
    plain = number.digits
    if (
        _CPF.fullmatch(number.shape)
        or _CNPJ.fullmatch(number.shape)
        or _SSN.fullmatch(number.shape)
    ):
        return True
    if len(plain) == 13 and (number.groups == _THAI or thai(plain)):
        return True
    if (len(plain) == 11 and cpf(plain)) or (len(plain) == 14 and cnpj(plain)):
        return True
    if len(plain) == 12 and vietnamese(plain) and not number.ordered:
        return True
    return not number.ordered and 7 <= len(plain) <= 14 and bool(_WORD.search(number.led))


def thai(plain: str) -> bool:
    """13 digits; the last is 11 minus the weighted sum modulo 11 (Department of Provincial Administration)."""
    if plain[0] in "09":
        return False
    total = weighted([int(digit) for digit in plain[:12]], range(13, 1, -1))
    return (11 - total % 11) % 10 == int(plain[12])


def cpf(plain: str) -> bool:
    """11 digits with two check digits (Receita Federal); eleven alike pass the sum and are none."""
    return len(set(plain)) > 1 and _brazilian(plain, 9, range(10, 1, -1), range(11, 1, -1))


def cnpj(plain: str) -> bool:
    """14 digits with two check digits (Receita Federal)."""
    second = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return len(set(plain)) > 1 and _brazilian(plain, 12, second[1:], second)


def vietnamese(plain: str) -> bool:
    """12 digits: a province's number, then century and sex as 0 to 3 (Decree 137/2015/ND-CP, article 7)."""
    return 1 <= int(plain[:3]) <= _LAST_PROVINCE and plain[3] in "0123"


def _brazilian(
    plain: str, body: int, first: range | tuple[int, ...], second: range | tuple[int, ...]
) -> bool:
    values = [int(digit) for digit in plain]
    for at, weights in ((body, first), (body + 1, second)):
        rest = weighted(values[:at], weights) % 11
        if values[at] != (0 if rest < 2 else 11 - rest):
            return False
    return True
