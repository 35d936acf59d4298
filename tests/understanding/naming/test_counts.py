"""Quantities with their units, in digits and words."""

from __future__ import annotations

import pytest

from tests.understanding.naming.places import told

EXAMPLES: list[tuple[str, str, list[str]]] = [
    ("en", "2 boxes and 3 pairs", ["quantity 2 boxes=2 boxes", "quantity 3 pairs=3 pairs"]),
    ("en", "10-12 people", ["quantity 10=10 people", "quantity 12 people=12 people"]),
    ("en", "half a dozen eggs", ["quantity half a dozen=6"]),
    ("en", "2 dozen eggs", ["quantity 2 dozen=24"]),
    ("en", "a dozen boxes", ["quantity a dozen boxes=12 boxes"]),
    ("en", "1.5 kg", ["quantity 1.5 kg=1.5 kg"]),
    ("en", "can I speak to one person", []),
    ("en", "5g phone, 128gb", []),
    ("en", "order 2 boxes", ["quantity 2 boxes=2 boxes"]),
    ("th", "สามชิ้น", ["quantity สามชิ้น=3 ชิ้น"]),
    ("th", "ขอ 2 กล่องครับ", ["quantity 2 กล่อง=2 กล่อง"]),
    ("th", "จองโต๊ะ 4 คน", ["quantity 4 คน=4 คน"]),
    ("th", "ไปเที่ยว 3 วัน 2 คืน", ["quantity 2 คืน=2 คืน"]),
    ("th", "ครึ่งโหล", ["quantity ครึ่งโหล=6"]),
    ("th", "ขอสองที่ค่ะ", ["quantity สองที่=2 ที่"]),
    ("th", "สิบเอ็ดขวด", ["quantity สิบเอ็ดขวด=11 ขวด"]),
    ("th", "1.5 กก.", ["quantity 1.5 กก.=1.5 กก."]),
    ("th", "ส่งที่ไหน", []),
    ("th", "๒ ชุด", ["quantity ๒ ชุด=2 ชุด"]),
    ("vi", "3 cái", ["quantity 3 cái=3 cái"]),
    ("vi", "hai hộp", ["quantity hai hộp=2 hộp"]),
    ("vi", "mười lăm chai", ["quantity mười lăm chai=15 chai"]),
    ("vi", "nửa tá trứng", ["quantity nửa tá=6"]),
    ("vi", "em lấy 2kg", ["quantity 2kg=2 kg"]),
    ("vi", "bà cái gì", []),
    ("vi", "1,5 kg cam", ["quantity 1,5 kg=1.5 kg"]),
    ("vi", "3 to 5", []),
    ("pt", "duas caixas", ["quantity duas caixas=2 caixas"]),
    ("pt", "meia dúzia de ovos", ["quantity meia dúzia=6"]),
    ("pt", "duas dúzias", ["quantity duas dúzias=24"]),
    ("pt", "1,5 kg", ["quantity 1,5 kg=1.5 kg"]),
    ("pt", "1.500 unidades", ["quantity 1.500 unidades=1500 unidades"]),
    ("pt", "quero falar com uma pessoa", []),
    ("es", "dos cajas", ["quantity dos cajas=2 cajas"]),
    ("es", "una docena de rosas", ["quantity una docena=12"]),
    ("es", "quince personas", ["quantity quince personas=15 personas"]),
    ("es", "1.500 g", ["quantity 1.500 g=1500 g"]),
]


@pytest.mark.parametrize(
    ("where", "text", "expected"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES]
)
def test_what_is_named(where: str, text: str, expected: list[str]) -> None:
    assert told(where, text) == expected
