"""The rules that the local source is measured against: patterns and keywords of English and Thai, the first match wins.

They are those of the system that a reader of `docs/reference.md` may know, without its calls to a model.
"""

from __future__ import annotations

import re

INTENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "greeting",
        (
            r"\b(hello|hi|hey|good morning|good afternoon|good evening)\b",
            r"\b(สวัสดี|หวัดดี|ดีครับ|ดีค่ะ)\b",
        ),
    ),
    (
        "question",
        (
            r"\b(what|how|when|where|why|who|which)\b",
            r"\b(อะไร|ยังไง|เมื่อไหร่|ที่ไหน|ทำไม|ใคร)\b",
            r"\?",
        ),
    ),
    (
        "complaint",
        (
            r"\b(problem|issue|wrong|error|bug|broken|not working)\b",
            r"\b(ปัญหา|ผิดพลาด|เสีย|ใช้ไม่ได้|ไม่ทำงาน)\b",
        ),
    ),
    (
        "compliment",
        (
            r"\b(great|excellent|awesome|good|nice|perfect|amazing)\b",
            r"\b(ดี|เยียม|สุดยอด|ดีมาก|เจ๋ง)\b",
        ),
    ),
    (
        "goodbye",
        (
            r"\b(bye|goodbye|see you|farewell|thanks)\b",
            r"\b(บาย|ลาก่อน|แล้วเจอกัน|ขอบคุณ)\b",
        ),
    ),
)
POSITIVE = frozenset(
    (
        "good",
        "great",
        "excellent",
        "amazing",
        "awesome",
        "love",
        "perfect",
        "happy",
        "satisfied",
        "wonderful",
        "fantastic",
        "brilliant",
        "ดี",
        "เยี่ยม",
        "สุดยอด",
        "ชอบ",
        "รัก",
        "สมบูรณ์แบบ",
        "ดีมาก",
    )
)
NEGATIVE = frozenset(
    (
        "bad",
        "terrible",
        "awful",
        "hate",
        "horrible",
        "disappointed",
        "angry",
        "frustrated",
        "broken",
        "wrong",
        "error",
        "problem",
        "แย่",
        "น่าเกลียด",
        "เกลียด",
        "ผิดหวัง",
        "โกรธ",
        "เสีย",
        "ผิด",
        "ปัญหา",
    )
)


def intent(text: str, _language: str = "") -> str:
    """The first intent of which a pattern is found, else unknown."""
    lowered = text.lower()
    for name, patterns in INTENTS:
        if any(re.search(pattern, lowered) for pattern in patterns):
            return name
    return "unknown"


def sentiment(text: str, _language: str = "") -> str:
    """Positive or negative by two keywords more than of the other, between spaces; else neutral."""
    words = text.lower().split()
    good = sum(word in POSITIVE for word in words)
    bad = sum(word in NEGATIVE and word not in POSITIVE for word in words)
    if good > bad + 1:
        return "positive"
    return "negative" if bad > good + 1 else "neutral"
