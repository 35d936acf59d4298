"""Order numbers and names, where the words around say that they are."""

from __future__ import annotations

import pytest

from tests.understanding.naming.places import told

EXAMPLES: list[tuple[str, str, list[str]]] = [
    ("en", "order #A-1234 never arrived", ["order_number A-1234=A-1234"]),
    ("en", "order number is 20231", ["order_number 20231=20231"]),
    ("en", "#88123", ["order_number 88123=88123"]),
    ("en", "tracking: TH0123456789", ["order_number TH0123456789=TH0123456789"]),
    ("en", "in order to 2020", []),
    ("th", "เลขที่ออเดอร์ 20231", ["order_number 20231=20231"]),
    ("th", "คำสั่งซื้อ #TH-889", ["order_number TH-889=TH-889"]),
    ("vi", "đơn hàng DH1234", ["order_number DH1234=DH1234"]),
    ("vi", "mã đơn: SPX-0099", ["order_number SPX-0099=SPX-0099"]),
    ("pt", "pedido nº 889", ["order_number 889=889"]),
    ("pt", "meu pedido #12345", ["order_number 12345=12345"]),
    ("es", "pedido 44521", ["order_number 44521=44521"]),
    ("es", "número de pedido: ES-778", ["order_number ES-778=ES-778"]),
    ("en", "my name is John Smith and I need help", ["name John Smith=None"]),
    ("en", "my name is john and i need help", ["name john=None"]),
    ("en", "I'm Anna", ["name Anna=None"]),
    ("en", "I'm looking for a dress", []),
    ("en", "Name: Mary O'Neil", ["name Mary O'Neil=None"]),
    ("th", "ชื่อสมชายครับ", ["name สมชาย=None"]),
    ("th", "ผมชื่อ สมชาย ใจดี ครับ", ["name สมชาย ใจดี=None"]),
    ("th", "ชื่อ Nok ค่ะ", ["name Nok=None"]),
    ("th", "ชื่ออะไรครับ", []),
    ("th", "ชื่อร้านอะไรคะ", []),
    ("vi", "tên tôi là Nguyễn Văn An", ["name Nguyễn Văn An=None"]),
    ("vi", "tên em là lan ạ", ["name lan=None"]),
    ("vi", "mình tên Hương nha", ["name Hương=None"]),
    ("pt", "meu nome é Maria da Silva", ["name Maria da Silva=None"]),
    ("pt", "me chamo joão", ["name joão=None"]),
    ("pt", "sou o João", ["name João=None"]),
    ("pt", "sou muito fã", []),
    ("es", "me llamo Ana García", ["name Ana García=None"]),
    ("es", "mi nombre es pedro y quiero un taxi", ["name pedro=None"]),
    ("es", "soy Carlos", ["name Carlos=None"]),
]


@pytest.mark.parametrize(
    ("where", "text", "expected"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES]
)
def test_what_is_named(where: str, text: str, expected: list[str]) -> None:
    assert told(where, text) == expected
