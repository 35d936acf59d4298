"""Records as sections: pairs of question and answer, and rows of any other table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from rejoinder.knowledge.importing.formats.markup import heading, inert, pairs, section

_QUESTION = frozenset(
    {
        "question", "questions", "q", "faq", "pergunta", "perguntas", "pregunta", "preguntas", "cau hoi", "hoi",
        "คำถาม",
    }
)  # fmt: skip
_ANSWER = frozenset(
    {
        "answer", "answers", "a", "reply", "response", "resposta", "respostas", "respuesta", "respuestas",
        "cau tra loi", "tra loi", "dap an", "คำตอบ",
    }
)  # fmt: skip


def columns(header: Sequence[str]) -> tuple[int, int] | None:
    """Where a table has its questions and its answers; None where it has no such columns."""
    names = [_plain(name) for name in header]
    question = next((at for at, name in enumerate(names) if name in _QUESTION), None)
    answer = next((at for at, name in enumerate(names) if name in _ANSWER), None)
    return None if question is None or answer is None else (question, answer)


def asks(text: str) -> bool:
    """Whether a cell is a question, so that its row can't be a header."""
    return text.rstrip().endswith(("?", "？"))


def sections(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Each row as a section: the question over its answer, or the first cell over `header: value` lines."""
    found = columns(header)
    made = (
        _pair(header, row, *found) if found else _record(header, row, number)
        for number, row in enumerate(rows, 1)
    )
    return "\n\n".join(each for each in made if each)


def _pair(header: Sequence[str], row: Sequence[str], question: int, answer: int) -> str:
    asked, said = _cell(row, question), _cell(row, answer)
    if not asked or not said:
        return ""
    rest = [
        line
        for at, name in enumerate(header)
        if at not in (question, answer)
        for line in pairs([name], [_cell(row, at)])
    ]
    return "\n\n".join([section(asked, said), *(["\n".join(map(inert, rest))] if rest else [])])


def _record(header: Sequence[str], row: Sequence[str], number: int) -> str:
    lines = pairs(header, row)
    if not lines:
        return ""
    name = " ".join(_cell(row, 0).split())[:100] or f"{number}"
    return f"{heading(1, name)}\n\n" + "\n".join(map(inert, lines))


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _plain(name: str) -> str:
    """In small letters, and without accents where letters are Latin."""
    folded = unicodedata.normalize("NFD", " ".join(name.replace("_", " ").casefold().split()))
    return unicodedata.normalize(
        "NFC", "".join(sign for sign in folded if not "\u0300" <= sign <= "\u036f")
    ).strip(" :*#.")
