"""Amounts: separators, scales, signs and words, and the currency they are in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rejoinder.understanding.naming import entities
from tests.understanding.naming.places import PLACES, told

EXAMPLES: list[tuple[str, str, list[str]]] = [
    ("th", "450 บาท", ["money 450 บาท=450.00 THB"]),
    ("th", "฿1,200.50", ["money ฿1,200.50=1200.50 THB"]),
    ("th", "ห้าร้อยบาท", ["money ห้าร้อยบาท=500.00 THB"]),
    ("th", "5 พันบาท", ["money 5 พันบาท=5000.00 THB"]),
    ("th", "สองร้อยห้าสิบบาท", ["money สองร้อยห้าสิบบาท=250.00 THB"]),
    ("th", "หนึ่งพันห้าร้อยบาท", ["money หนึ่งพันห้าร้อยบาท=1500.00 THB"]),
    ("th", "ชิ้นละร้อยยี่สิบเอ็ดบาท", ["money ร้อยยี่สิบเอ็ดบาท=121.00 THB"]),
    ("th", "สามล้านห้าแสนบาท", ["money สามล้านห้าแสนบาท=3500000.00 THB"]),
    ("th", "สองแสนล้านบาท", ["money สองแสนล้านบาท=200000000000.00 THB"]),
    ("th", "2 พัน 5 ร้อยบาท", ["money 2 พัน 5 ร้อยบาท=2500.00 THB"]),
    ("th", "5 ร้อย 20 บาท", ["money 5 ร้อย 20 บาท=520.00 THB"]),
    ("th", "1.5 ล้านบาท", ["money 1.5 ล้านบาท=1500000.00 THB"]),
    ("th", "๓๕๐ บาท", ["money ๓๕๐ บาท=350.00 THB"]),
    ("th", "ยอด 1,290.- โอนแล้ว", ["money 1,290.-=1290.00 THB"]),
    ("th", "ราคา 300 ไหม", ["money 300=300.00 THB"]),
    ("th", "รุ่น 15 pro", []),
    ("vi", "1.200.000đ", ["money 1.200.000đ=1200000 VND"]),
    ("vi", "200k", ["money 200k=200000 VND"]),
    ("vi", "100k ship 20k", ["money 100k=100000 VND", "money 20k=20000 VND"]),
    ("vi", "5 tr", ["money 5 tr=5000000 VND"]),
    ("vi", "1tr2", ["money 1tr2=1200000 VND"]),
    ("vi", "hai trăm nghìn", ["money hai trăm nghìn=200000 VND"]),
    ("vi", "500 nghìn đồng", ["money 500 nghìn đồng=500000 VND"]),
    ("vi", "giá 250.000 VND", ["money 250.000 VND=250000 VND"]),
    ("vi", "2,5 triệu", ["money 2,5 triệu=2500000 VND"]),
    ("pt", "R$ 49,90", ["money R$ 49,90=49.90 BRL"]),
    ("pt", "R$ 1.200,00", ["money R$ 1.200,00=1200.00 BRL"]),
    ("pt", "20 reais", ["money 20 reais=20.00 BRL"]),
    ("pt", "custa 50", ["money 50=50.00 BRL"]),
    ("pt", "2 mil reais", ["money 2 mil reais=2000.00 BRL"]),
    ("es", "20 €", ["money 20 €=20.00 EUR"]),
    ("es", "1.200,50 €", ["money 1.200,50 €=1200.50 EUR"]),
    ("es", "cuesta 50", ["money 50=50.00 EUR"]),
    ("es", "500 pesos", []),
    ("mx", "500 pesos", ["money 500 pesos=500.00 MXN"]),
    ("mx", "$1,200.50", ["money $1,200.50=1200.50 MXN"]),
    ("mx", "US$ 20", ["money US$ 20=20.00 USD"]),
    ("en", "$20", ["money $20=20.00 USD"]),
    ("en", "20 euros", ["money 20 euros=20.00 EUR"]),
    ("en", "US$ 5", ["money US$ 5=5.00 USD"]),
    ("en", "$1.5k", ["money $1.5k=1500.00 USD"]),
    ("en", "I paid 19.99 dollars", ["money 19.99 dollars=19.99 USD"]),
    ("en", "budget is 300", ["money 300=300.00 USD"]),
    ("en", "40 USD or £35", ["money 40 USD=40.00 USD", "money £35=35.00 GBP"]),
    ("en", "it costs 12.50", ["money 12.50=12.50 USD"]),
    ("en", "20%", []),
    ("en", "iPhone 15 Pro in size 42", []),
    ("gb", "twenty pounds", ["money twenty pounds=20.00 GBP"]),
    ("en", "twenty pounds", ["quantity twenty pounds=20 pounds"]),
]


@pytest.mark.parametrize(
    ("where", "text", "expected"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES]
)
def test_what_is_named(where: str, text: str, expected: list[str]) -> None:
    assert told(where, text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("giá 200k phải không", "vi", ["200000 VND"]),
        ("5tr", "und", ["5000000 VND"]),
        ("200k followers", "en", []),
        ("price 450", "en", []),
        ("450 บาท", "th", ["450.00 THB"]),
    ],
)
def test_without_a_currency_of_the_place_only_the_words_tell(
    text: str, language: str, expected: list[str]
) -> None:
    nowhere = replace(PLACES["vi"], country=None, currency=None)
    assert [one.normal for one in entities(text, nowhere, (), language)] == expected
