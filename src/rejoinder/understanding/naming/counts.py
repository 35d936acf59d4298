"""How many of what: a number and the unit or counting word beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from rejoinder.understanding.naming.found import USUAL, WEAK, Found
from rejoinder.understanding.naming.numbers import (
    as_meant,
    either,
    number,
    read,
    short,
)
from rejoinder.understanding.naming.plain import Plain, plain

_MEASURES = "kg kgs kilo kilos g gr gram grams mg lb lbs oz l ml cl cm mm km m2"
_UNITS = {
    "en": f"{_MEASURES} "
    "box boxes piece pieces pc pcs pack packs packet packets bottle bottles can cans cup cups bag bags pair "
    "pairs set sets item items unit units pound pounds ounce ounces liter liters litre litres ticket tickets "
    "person persons people pax guest guests adult adults child children kid kids night nights room rooms "
    "table tables seat seats slice slices carton cartons case cases tablet tablets roll rolls sheet sheets "
    "tube tubes jar jars bowl bowls plate plates dish dishes serving servings portion portions tray trays "
    "bunch bunches copy copies meter meters metre metres",
    "th": f"{_MEASURES} "
    "ชิ้น อัน กล่อง ขวด ถุง แพ็ค แพค แพ็ก ซอง คู่ ชุด ตัว ใบ เล่ม แก้ว กระป๋อง ลัง กิโลกรัม กิโล กก. กก กรัม "
    "ลิตร มล. คน ท่าน ห้อง คืน ที่นั่ง ที่ โต๊ะ จาน ถ้วย ชาม เครื่อง ต้น ดอก ผืน เม็ด แผง หลอด ม้วน แผ่น ก้อน "
    "ลูก เส้น คัน เมตร รายการ ฟอง กระปุก ช่อ ถาด ห่อ มัด คอร์ส ครั้ง",
    "vi": f"{_MEASURES} "
    "cái chiếc hộp chai gói túi bộ đôi cặp thùng lon ly cốc cân ký kí gam lít người phòng đêm vé bàn suất "
    "phần tô bát đĩa cuốn quyển viên con tấm mét lọ hũ bịch bao cây quả trái khách bé cuộn miếng hạt lạng "
    "chén",
    "pt": f"{_MEASURES} "
    "caixa caixas caixinha caixinhas peça peças pacote pacotes garrafa garrafas lata latas unidade unidades "
    "par pares conjunto conjuntos kit kits quilo quilos grama gramas litro litros pessoa pessoas noite noites "
    "quarto quartos copo copos saco sacos sacola sacolas fatia fatias porção porções frasco frascos pote "
    "potes rolo rolos metro metros adulto adultos criança crianças ingresso ingressos item itens comprimido "
    "comprimidos mesa mesas bilhete bilhetes lugar lugares xícara xícaras folha folhas prato pratos",
    "es": f"{_MEASURES} "
    "caja cajas pieza piezas paquete paquetes botella botellas lata latas unidad unidades par pares juego "
    "juegos gramo gramos litro litros persona personas noche noches habitación habitaciones vaso vasos bolsa "
    "bolsas frasco frascos porción porciones rollo rollos metro metros adulto adultos niño niños entrada "
    "entradas boleto boletos artículo artículos tarro tarros copa copas mesa mesas taza tazas bote botes "
    "plato platos pastilla pastillas ramo ramos",
}
_DOZENS = {
    "en": (("half a dozen", 6), ("a dozen", 12), ("dozen", 12), ("dozens", 12)),
    "th": (("ครึ่งโหล", 6), ("โหล", 12)),
    "vi": (("nửa tá", 6), ("tá", 12), ("chục", 10)),
    "pt": (("meia dúzia", 6), ("dúzia", 12), ("dúzias", 12)),
    "es": (("media docena", 6), ("docena", 12), ("docenas", 12)),
}
# "Speak to one person", "uma pessoa", "một người": with one these ask for somebody, not for so many.
_SOMEBODY = frozenset(
    (
        "person",
        "people",
        "guest",
        "คน",
        "ท่าน",
        "người",
        "khách",
        "bé",
        "con",
        "bàn",
        "pessoa",
        "adulto",
        "criança",
        "mesa",
        "persona",
        "niño",
    )
)
_NEED_MARKS = frozenset({"tô", "bé", "bàn", "lá", "bộ"})  # to, be, bạn, la, bỏ are other words
_LEAST_GRAMS = 10  # 5g is a network


_THAI_GOES_ON = re.compile("(?!ครับ|ค่ะ|คะ|นะ|พรุ่ง|วัน|ตอน)[\u0e01-\u0e4e]")
_FIRST_OF_TWO = re.compile(r"(?<![\w.,/:-])(?P<first>\d{1,4})\s?[-–]\s?$")  # "10-12 people"


@cache
def _units(language: str) -> dict[str, str]:
    return {plain(unit).text: unit for unit in _UNITS[language].split()}


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    unit = either(_units(language))
    edge = r"(?<![a-z0-9.,#/:$€£฿])(?<![^\d]-)"
    # After a Latin unit no letter may follow; a Thai sentence runs on, but not into a vowel or a mark.
    end = "(?![a-z0-9\u0e30-\u0e3a\u0e45-\u0e4e])"
    dozen = either(plain(word).text for word, _ in _DOZENS[language])
    return (
        re.compile(rf"{edge}(?P<number>{number(language)})\s{{0,2}}(?P<unit>{unit}){end}"),
        re.compile(
            rf"{edge}(?:(?P<number>{number(language)})\s{{0,2}})?(?P<dozen>{dozen}){end}"
            rf"(?:\s{{1,2}}(?:of\s|de\s)?(?P<unit>{unit}){end})?"
        ),
    )


def quantities(text: Plain, language: str, *, comma: bool, guess: bool = False) -> Iterator[Found]:
    """Numbers with their unit; the normal form is "2 boxes", the unit as written; of dozens the number of pieces.

    `comma`: 1.500 is fifteen hundred. With `guess` the text is probably in another language: a Vietnamese unit
    then needs its marks ("3 to 5" is no bowl).
    """
    if language not in _UNITS:
        return
    single, dozens = _patterns(language)
    for hit in single.finditer(text.text):
        value = read(text, *hit.span("number"), language, comma=comma)
        if value is not None and _counts(text, hit, value, language, guess=guess):
            unit = text.original(*hit.span("unit")).lower()
            yield Found(*hit.span(), "quantity", f"{short(value)} {unit}", rank=USUAL)
            if first := _FIRST_OF_TWO.search(text.text, max(0, hit.start() - 8), hit.start()):
                least = str(int(first["first"]))
                yield Found(*first.span("first"), "quantity", f"{least} {unit}", rank=USUAL)
    for hit in dozens.finditer(text.text):
        if (pieces := _pieces(text, hit, language, comma=comma)) is not None:
            unit = text.original(*hit.span("unit")).lower() if hit["unit"] else ""
            yield Found(*hit.span(), "quantity", f"{short(pieces)} {unit}".strip(), rank=WEAK)


def _counts(text: Plain, hit: re.Match[str], value: Decimal, language: str, *, guess: bool) -> bool:
    unit = _units(language).get(hit["unit"], "")
    if not as_meant(text, *hit.span("unit"), frozenset(_UNITS[language].split())):
        return False
    needs_marks = language == "vi" and (guess or unit in _NEED_MARKS)
    if needs_marks and text.marked(*hit.span("unit")) != unit:
        return False
    if unit in _SOMEBODY and value == 1 and not hit["number"][0].isdigit():
        return False
    if unit == "ที่" and _THAI_GOES_ON.match(text.text, hit.end()):
        return False
    return not (unit == "g" and value < _LEAST_GRAMS and value == int(value))


def _pieces(text: Plain, hit: re.Match[str], language: str, *, comma: bool) -> Decimal | None:
    said = " ".join(hit["dozen"].split())
    known = {plain(word).text: (word, pieces) for word, pieces in _DOZENS[language]}
    word, pieces = known[said]
    if not as_meant(text, *hit.span("dozen"), (word,)):
        return None
    if not hit["number"]:  # a bare "docena" is none; "half a dozen" is
        return Decimal(pieces) if " " in word or word.startswith("ครึ่ง") else None
    value = read(text, *hit.span("number"), language, comma=comma)
    return None if value is None else value * pieces
