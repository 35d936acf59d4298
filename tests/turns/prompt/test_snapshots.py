"""Every part of a prompt, word for word. REJOINDER_SNAPSHOTS=write writes them anew; read the difference then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rejoinder.llm.form.messages import as_text, to_messages
from rejoinder.llm.form.rules import RULES_OF
from rejoinder.turns.prompt.compose import composed
from tests.turns.prompt.facts import CASES

SNAPSHOTS = Path(__file__).parent / "snapshots"
_TAKES = frozenset({"image/png", "audio/ogg"})


def _shown(name: str) -> str:
    """The prompt as it stands in the ledger, but for the standing rules, and what was dropped."""
    found = composed(CASES[name])
    text = as_text(to_messages(found.prompt, _TAKES)[0])
    rules = RULES_OF[found.prompt.purpose]
    told = text.replace(rules, f"(the rules of “{found.prompt.purpose}”)")
    return f"{told}\n\n(dropped: {found.dropped.told()}; {found.tokens} tokens)\n"


@pytest.mark.parametrize("name", CASES)
def test_the_prompt_says_what_it_said(name: str) -> None:
    kept = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("REJOINDER_SNAPSHOTS") == "write":
        kept.write_text(_shown(name), encoding="utf-8")
    assert kept.read_text(encoding="utf-8") == _shown(name)


@pytest.mark.parametrize("purpose", RULES_OF)
def test_the_rules_say_what_they_said(purpose: str) -> None:
    kept = SNAPSHOTS / f"rules_{purpose}.txt"
    words = {str(name): rules for name, rules in RULES_OF.items()}[purpose] + "\n"
    if os.environ.get("REJOINDER_SNAPSHOTS") == "write":
        kept.write_text(words, encoding="utf-8")
    assert kept.read_text(encoding="utf-8") == words


def test_no_snapshot_is_left_over() -> None:
    known = {f"{name}.txt" for name in CASES} | {f"rules_{purpose}.txt" for purpose in RULES_OF}
    assert {file.name for file in SNAPSHOTS.iterdir()} == known
