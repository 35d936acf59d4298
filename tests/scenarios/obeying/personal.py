"""Personal data of made-up people, as they tell it in five languages, and where to look for it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

_SEPARATORS = re.compile(r"[\s.\-()/·_]+")


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing that no provider may see: `said` is what the customer writes with `value` in it."""

    value: str
    said: str

    @property
    def core(self) -> str:
        """What is left of it whatever its separators, its script and its country's code are."""
        bare = _bare(self.value)
        digits = re.sub(r"\D", "", bare)
        return digits[-8:] if len(digits) == len(bare.lstrip("+")) < 13 else bare


def shown(secret: Secret, sent: object) -> bool:
    """Whether something that was sent shows it."""
    return secret.core in _bare(to_json(sent).decode())


def _bare(text: str) -> str:
    plain = "".join(
        str(unicodedata.decimal(each)) if each.isdecimal() else each
        for each in unicodedata.normalize("NFKC", text).casefold()
    )
    return _SEPARATORS.sub("", plain)


def _of(*pairs: tuple[str, str]) -> tuple[Secret, ...]:
    return tuple(Secret(value, said.format(value)) for value, said in pairs)


SECRETS = _of(
    # English
    ("nora.whitfield@postbox.example", "You can reach me at {}, thanks"),
    ("+1 (415) 730-2288", "my cell is {} after six"),
    ("+44 7700 912 845", "call me on {} please"),
    ("4532 1488 7203 9512", "charge it to my card {} please"),
    ("371449635398431", "the amex is {}"),
    ("GB29 NWBK 6016 1331 9268 19", "pay the refund to {}"),
    ("512-73-6048", "my SSN is {}"),
    # Thai
    ("somsri_k@mailthai.example", "อีเมลของฉันคือ {} ค่ะ"),
    ("089-431-7756", "โทรมาที่เบอร์ {} ได้เลยค่ะ"),
    ("+66 62 918 4403", "ติดต่อ {} นะคะ"),
    ("๐๘๖๗๓๔๑๙๒๕", "เบอร์ใหม่ {} ค่ะ"),
    ("3-1019-02846-15-3", "เลขบัตรประชาชนของฉันคือ {} ค่ะ"),
    ("1840203917465", "บัตรประชาชน {} ครับ"),
    # Vietnamese
    ("linh.tran88@thu.example", "Email của em là {} ạ"),
    ("0903 817 264", "số điện thoại của em là {} nha shop"),
    ("+84 386 540 917", "gọi cho em số {} nhé"),
    ("079192004587", "số CCCD của tôi là {}"),
    ("5502093488127645", "thẻ của em số {} ạ"),
    # Portuguese
    ("joana.reis@correio.example.br", "Meu e-mail é {}, obrigada"),
    ("348.726.105-71", "meu CPF é {}"),
    ("90155234790", "o CPF dela é {}"),
    ("48.192.736/0001-35", "o CNPJ da empresa é {}"),
    ("(11) 98734-5521", "me liga no {} por favor"),
    ("+351 916 204 738", "o meu número é {}"),
    ("PT50 0002 0123 1234 5678 9015 4", "o meu IBAN é {}"),
    # Spanish
    ("lucia.ortega@buzon.example.es", "Mi correo es {}, gracias"),
    ("48213765S", "mi DNI es {}"),
    ("X7294816K", "mi NIE es {}"),
    ("+34 612 408 973", "mi teléfono es el {}"),
    ("+52 55 8214 6093", "mi celular es {}"),
    ("ES91 2100 0418 4502 0005 1332", "hagan el abono en {}"),
    ("15.482.936-9", "mi RUT es {}"),
)


def seen(secret: Secret, *places: Any) -> list[int]:
    """Which of the places show it, by number."""
    return [number for number, each in enumerate(places) if shown(secret, each)]
