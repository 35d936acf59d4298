"""Personal data is hidden from providers: a placeholder goes to the model, the value comes back in its answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rejoinder.guard.personal.places import KINDS, places

__all__ = ["KINDS", "Redaction", "unknown_kinds"]

# What a model makes of a kind when it writes another language; only known between brackets.
_TRANSLATED = {
    "CORREO": "EMAIL",
    "E-MAIL": "EMAIL",
    "อีเมล": "EMAIL",
    "TELEFONO": "PHONE",
    "TELÉFONO": "PHONE",
    "TELEFONE": "PHONE",
    "เบอร์โทร": "PHONE",
    "โทรศัพท์": "PHONE",
    "ĐIỆN THOẠI": "PHONE",
    "TARJETA": "CARD",
    "CARTÃO": "CARD",
}
_LITERAL = "TEXT"  # the customer's own words that look like one of our placeholders
_NAMES = "|".join(sorted((re.escape(kind.upper()) for kind in {*KINDS, _LITERAL}), reverse=True))
_SPOKEN = "|".join(re.escape(word) for word in _TRANSLATED)
# As we write it; with other brackets, spaces or a translated word; and bare, where only the underscore tells it.
PLACEHOLDER = re.compile(
    rf"[\[({{<][ \t]?(?P<inside>{_NAMES}|{_SPOKEN})[ \t]?\\?[_ -]?[ \t]?(?P<n>[0-9]{{1,6}})[ \t]?[\])}}>]"
    rf"|(?<![^\W_])(?P<bare>{_NAMES})\\?_(?P<m>[0-9]{{1,6}})(?![^\W_])",
    re.IGNORECASE,
)


def unknown_kinds(names: Iterable[str]) -> list[str]:
    """Those of `names` that are no kind of personal data known here, sorted."""
    return sorted(set(names) - KINDS)


class Redaction:
    """One turn's placeholders: the same value has the same one in every text that was hidden by the same object.

    `show(hide(text)) == text` for every text: what looks like a placeholder itself is hidden as well.
    """

    def __init__(self, kinds: Iterable[str]) -> None:
        self._kinds = frozenset(kinds) & KINDS
        self._names: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._count: Counter[str] = Counter()

    def hide(self, text: str) -> str:
        """The text with a placeholder for each value of the kinds: `[EMAIL_1]`, `[PHONE_2]`."""
        if not self._kinds:
            return text
        parts: list[str] = []
        at = 0
        for literal in PLACEHOLDER.finditer(text):
            parts += self._hidden(text[at : literal.start()])
            parts.append(self._placeholder(_LITERAL, literal.group()))
            at = literal.end()
        parts += self._hidden(text[at:])
        hidden = "".join(parts)
        # What was hidden can leave two neighbours that now read as a placeholder of their own.
        return hidden if self.show(hidden) == text else self._placeholder(_LITERAL, text)

    def show(self, text: str) -> str:
        """The text with the values again, also for `[email_1]`, `EMAIL_1`, `(Email 1)`; others stay as they are."""
        if not self._values:
            return text
        return PLACEHOLDER.sub(lambda found: self._values.get(_name(found), found.group()), text)

    def unknown(self, text: str) -> list[str]:
        """What reads as a placeholder in a model's text and stands for nothing, as written."""
        return [
            found.group()
            for found in PLACEHOLDER.finditer(text)
            if _name(found) not in self._values
        ]

    def values(self) -> tuple[str, ...]:
        """All that was hidden."""
        return tuple(self._values.values())

    def _hidden(self, text: str) -> list[str]:
        parts: list[str] = []
        at = 0
        for span in places(text, self._kinds):
            parts.append(text[at : span.start])
            parts.append(self._placeholder(span.kind.upper(), text[span.start : span.end]))
            at = span.end
        parts.append(text[at:])
        return parts

    def _placeholder(self, kind: str, value: str) -> str:
        known = self._names.get((kind, value))
        if known is None:
            self._count[kind] += 1
            known = f"{kind}_{self._count[kind]}"
            self._names[kind, value] = known
            self._values[known] = value
        return f"[{known}]"


def _name(found: re.Match[str]) -> str:
    if found["bare"]:
        return f"{found['bare'].upper()}_{int(found['m'])}"
    word = found["inside"].upper()
    return f"{_TRANSLATED.get(word, word)}_{int(found['n'])}"
