"""Telephone numbers, e-mail addresses and links, and what only looks like one."""

from __future__ import annotations

import pytest

from tests.understanding.naming.places import told

EXAMPLES: list[tuple[str, str, list[str]]] = [
    ("th", "โทร 0812345678 ครับ", ["phone 0812345678=+66812345678"]),
    ("th", "๐๘๑-๒๓๔-๕๖๗๘", ["phone ๐๘๑-๒๓๔-๕๖๗๘=+66812345678"]),
    ("th", "02-123-4567 ต่อ 12", ["phone 02-123-4567=+6621234567"]),
    ("th", "66812345678", ["phone 66812345678=+66812345678"]),
    ("th", "0066 81 234 5678", ["phone 0066 81 234 5678=+66812345678"]),
    ("th", "เลขพัสดุ 12345678", ["order_number 12345678=12345678"]),
    ("th", "20231234", []),
    ("vi", "SĐT: 0912.345.678", ["phone 0912.345.678=+84912345678"]),
    ("vi", "+84 912 345 678", ["phone +84 912 345 678=+84912345678"]),
    ("vi", "12.000.000", []),
    ("pt", "(11) 98765-4321", ["phone (11) 98765-4321=+5511987654321"]),
    ("pt", "11 98765-4321", ["phone 11 98765-4321=+5511987654321"]),
    ("pt", "CPF 529.982.247-25", []),
    ("es", "612 345 678", ["phone 612 345 678=+34612345678"]),
    ("es", "llámame al 612345678", ["phone 612345678=+34612345678"]),
    ("en", "call me at (212) 555-0123", ["phone (212) 555-0123=+12125550123"]),
    ("en", "+44 20 7946 0958 please", ["phone +44 20 7946 0958=+442079460958"]),
    ("en", "1-800-555-0199", ["phone 1-800-555-0199=+18005550199"]),
    ("en", "card 4111 1111 1111 1111", []),
    ("en", "2026-11-22 10:00", ["datetime 2026-11-22 10:00=2026-11-22T10:00:00-05:00"]),
    (
        "gb",
        "020 7946 0958 or 07911 123456",
        ["phone 020 7946 0958=+442079460958", "phone 07911 123456=+447911123456"],
    ),
    ("en", "order 2125550123", ["order_number 2125550123=2125550123"]),
    ("en", "12-05-2026 10", ["date 12-05-2026=2026-12-05"]),
    ("mx", "55 1234 5678", ["phone 55 1234 5678=+525512345678"]),
    (
        "en",
        "my email is John.Doe+shop@Ex-ample.co.uk.",
        ["email John.Doe+shop@Ex-ample.co.uk=john.doe+shop@ex-ample.co.uk"],
    ),
    ("en", "a@b.c d@e", []),
    ("th", "เมลsomchai@example.comครับ", ["email somchai@example.com=somchai@example.com"]),
    (
        "en",
        "see https://a.example/x?y=1&z=(2), ok?",
        ["url https://a.example/x?y=1&z=(2)=https://a.example/x?y=1&z=(2)"],
    ),
    ("en", "visit shop.com/sale now", ["url shop.com/sale=https://shop.com/sale"]),
    ("en", "www.shop.co.th!", ["url www.shop.co.th=https://www.shop.co.th"]),
    ("en", "ok.thanks", []),
    ("en", "version 1.2.3", []),
]


@pytest.mark.parametrize(
    ("where", "text", "expected"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES]
)
def test_what_is_named(where: str, text: str, expected: list[str]) -> None:
    assert told(where, text) == expected
