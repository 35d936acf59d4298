"""What the local model says of intent and feeling: only what plain words show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.llm.local.understand import understand


@pytest.mark.parametrize(
    ("intent", "asked"),
    [
        ("greeting", ["hello"]),
        ("greeting", ["สวัสดีค่ะ"]),
        ("goodbye", ["tchau"]),
        ("thanks", ["cam on shop nhe"]),
        ("request", ["can i talk to a human"]),
        ("request", ["what time do you open?", "quero falar com um atendente"]),
        ("question", ["hi!", "how much is the decaf?"]),
        ("question", ["are you a bot?"]),
        ("unknown", ["my name is Bob"]),
        ("unknown", ["🙂"]),
        ("unknown", []),
    ],
)
def test_intent(intent: str, asked: list[str]) -> None:
    understood = understand(asked)
    assert understood.intent == intent
    assert (understood.confidence == 0) == (intent == "unknown")


@pytest.mark.parametrize(
    ("sentiment", "asked"),
    [
        ("positive", "thank you so much!"),
        ("positive", "ขอบคุณมากค่ะ"),
        ("positive", "obrigada!"),
        ("neutral", "ok"),
        ("neutral", "thanks, and the kettle?"),
        ("neutral", "is it not terrible for espresso?"),
        ("neutral", "when do you open?"),
        ("negative", "This is unacceptable. Where is my order?"),
        ("negative", "atendimento péssimo"),
        ("negative", "pésimo servicio"),
        ("negative", "thất vọng quá shop ơi"),
        ("negative", "บริการแย่มากค่ะ"),
    ],
)
def test_sentiment(sentiment: str, asked: str) -> None:
    assert understand([asked]).sentiment == sentiment


@given(st.lists(st.text(max_size=80), max_size=4))
def test_it_reads_anything_and_names_no_entities(asked: list[str]) -> None:
    understood = understand(asked)
    assert understood == understand(asked)
    assert understood.entities == ()
