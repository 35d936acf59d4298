"""The local source against simple patterns, on messages that nobody tuned it on."""

from __future__ import annotations

from pathlib import Path

import pytest

from rejoinder.understanding.evaluate import Of, evaluate, load
from tests.understanding import baseline

FROZEN = Path(__file__).parent / "evaluation"
BETTER = 0.2
"""Of macro-F1, in every language."""

BASELINE = {"sentiment": baseline.sentiment, "intent": baseline.intent}


@pytest.mark.parametrize("of", ["sentiment", "intent"])
@pytest.mark.parametrize("language", ["en", "th", "vi", "pt", "es"])
def test_it_is_better_by_a_fifth(language: str, of: Of) -> None:
    file = load(FROZEN / f"{language}.csv", of)
    assert (file.of, len(file.examples)) == (of, 200)
    ours, theirs = evaluate(file).macro_f1, evaluate(file, BASELINE[of]).macro_f1
    assert ours >= theirs + BETTER, f"{ours:.3f} beside {theirs:.3f}"
