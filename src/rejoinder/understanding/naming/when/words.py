"""The words for days, months, parts of the day and spans of time in five languages, folded as the texts are."""

from __future__ import annotations

from rejoinder.understanding.naming.plain import Plain, plain

Table = dict[str, int]

LANGUAGES = ("en", "th", "vi", "pt", "es")


def _table(listed: str) -> Table:
    """`word|other=number` a line or after a semicolon."""
    return {
        plain(word.strip()).text: int(number)
        for line in listed.replace("\n", ";").split(";")
        if line.strip()
        for words, _, number in [line.partition("=")]
        for word in words.split("|")
    }


def _numbered(listed: str, start: int) -> Table:
    return {
        plain(word.replace("_", " ")).text: number
        for number, words in enumerate(listed.split(), start)
        for word in words.split("|")
    }


MONTHS: dict[str, Table] = {
    "en": _numbered("january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep "
                    "october|oct november|nov december|dec", 1),
    "th": _numbered("มกราคม|มกรา|ม.ค.|มค กุมภาพันธ์|กุมภา|ก.พ.|กพ มีนาคม|มีนา|มี.ค.|มีค เมษายน|เมษา|เม.ย.|เมย "
"พฤษภาคม|พฤษภา|พ.ค.|พค "
                    "มิถุนายน|มิถุนา|มิ.ย.|มิย กรกฎาคม|กรกฎา|ก.ค.|กค สิงหาคม|สิงหา|ส.ค.|สค กันยายน|กันยา|ก.ย.|กย "
                    "ตุลาคม|ตุลา|ต.ค.|ตค พฤศจิกายน|พฤศจิกา|พ.ย.|พย ธันวาคม|ธันวา|ธ.ค.|ธค", 1),
    "pt": _numbered("janeiro|jan fevereiro|fev março|mar abril|abr maio|mai junho|jun julho|jul agosto|ago setembro|"
"set "
                    "outubro|out novembro|nov dezembro|dez", 1),
    "es": _numbered("enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago "
                    "septiembre|setiembre|sept|sep octubre|oct noviembre|nov diciembre|dic", 1),
}  # fmt: skip

WEEKDAYS: dict[str, Table] = {
    "en": _numbered("monday|mon tuesday|tues|tue wednesday|wed thursday|thurs|thur|thu friday|fri saturday sunday", 0),
    "th": _numbered("จันทร์ อังคาร พุธ พฤหัสบดี|พฤหัส ศุกร์ เสาร์ อาทิตย์", 0),
    "vi": _numbered("thứ_hai|thứ_2 thứ_ba|thứ_3 thứ_tư|thứ_4 thứ_năm|thứ_5 thứ_sáu|thứ_6 thứ_bảy|thứ_bẩy|thứ_7 "
"chủ_nhật", 0),
    "pt": _numbered("segunda terça quarta quinta sexta sábado domingo", 0),
    "es": _numbered("lunes martes miércoles jueves viernes sábado domingo", 0),
}  # fmt: skip

RELATIVE: dict[str, Table] = {
    "en": _table("today|tonight|this morning|this afternoon|this evening=0; tomorrow|tomorow|tommorow|tmr|tmrw|tmw=1; "
                 "the day after tomorrow|day after tomorrow=2; yesterday|last night=-1; the day before yesterday|"
"day before yesterday=-2"),
    "th": _table("วันนี้|คืนนี้|เย็นนี้|บ่ายนี้|เช้านี้|เที่ยงนี้|ค่ำนี้=0; พรุ่งนี้|พรุ้งนี้|พรุ่งนี่|"
"วันพรุ่งนี้=1; มะรืนนี้|มะรืน=2; "
                 "เมื่อวานซืน=-2; เมื่อวานนี้|เมื่อวาน|เมื่อคืนนี้|เมื่อคืน=-1"),
    "vi": _table("hôm nay|tối nay|chiều nay|trưa nay|sáng nay|đêm nay=0; "
                 "ngày mai|sáng mai|trưa mai|chiều mai|tối mai|đêm mai|sáng ngày mai|chiều ngày mai|tối ngày mai|"
"mai=1; "
                 "ngày kia|ngày mốt|mốt=2; hôm qua|tối qua|sáng qua|chiều qua|đêm qua=-1; hôm kia=-2"),
    "pt": _table("hoje|esta noite|esta tarde|esta manhã|hoje à noite|hoje à tarde=0; amanhã=1; depois de amanhã=2; "
                 "ontem=-1; anteontem=-2"),
    "es": _table("hoy|esta noche|esta tarde|esta mañana=0; mañana=1; pasado mañana=2; ayer|anoche=-1; anteayer|"
"antier|antes de ayer=-2"),
}  # fmt: skip

# The first hour each part is said of, for the hours of a twelve-hour clock: "8" with one becomes 20.
MORNING, NOON, AFTERNOON, EVENING = 0, 1, 2, 3
PARTS: dict[str, Table] = {
    "en": _table("in the morning|morning=0; noon=1; in the afternoon|afternoon=2; in the evening|evening|at night|"
"night|tonight=3"),
    "th": _table("ตอนเช้า|เช้า=0; ตอนเที่ยง=1; ตอนบ่าย|บ่าย=2; ตอนเย็น|เย็น=2; ตอนค่ำ|ค่ำ|คืน=3"),
    "vi": _table("buổi sáng|sáng=0; buổi trưa|trưa=1; buổi chiều|chiều=2; buổi tối|tối|đêm|khuya=3"),
    "pt": _table("da manhã|de manhã|pela manhã|manhã|da madrugada=0; da tarde|à tarde|de tarde|tarde=2; da noite|"
"à noite|de noite|noite=3"),
    "es": _table("de la mañana|por la mañana|de la madrugada=0; de la tarde|por la tarde|en la tarde|tarde=2; "
                 "de la noche|por la noche|en la noche|noche=3"),
}  # fmt: skip

MINUTES: dict[str, Table] = {
    "en": _table("minute|minutes|min|mins=1; hour|hours|hr|hrs=60"),
    "th": _table("นาที=1; ชั่วโมง|ชม.|ชม=60"),
    "vi": _table("phút=1; tiếng|giờ|h=60"),
    "pt": _table("minuto|minutos|min=1; hora|horas|h=60"),
    "es": _table("minuto|minutos|min=1; hora|horas|h=60"),
}
DAYS: dict[str, Table] = {
    "en": _table("day|days=1; week|weeks=7"),
    "th": _table("วัน=1; สัปดาห์|อาทิตย์=7"),
    "vi": _table("ngày=1; tuần=7"),
    "pt": _table("dia|dias=1; semana|semanas=7"),
    "es": _table("día|días=1; semana|semanas=7"),
}
HALF_HOURS = {
    "en": ("half an hour",),
    "th": ("ครึ่งชั่วโมง", "ครึ่งชม."),
    "vi": ("nửa tiếng", "nửa giờ"),
    "pt": ("meia hora",),
    "es": ("media hora",),
}


def part(language: str, said: str) -> int | None:
    """The part of the day named in `said`, a folded phrase."""
    for word, number in sorted(PARTS[language].items(), key=lambda one: -len(one[0])):
        if word in said:
            return number
    return None


def is_part(text: Plain, start: int, end: int) -> bool:
    """Whether a word found as a part of the day is one: tối is the evening, tôi is I, tới is to come."""
    return text.marked(start, end) not in ("tôi", "tới")


def hour_in(hour: int, of_day: int) -> int:
    """A twelve-hour clock's hour in that part of the day."""
    match of_day:
        case 0:
            return hour
        case 1:
            return hour + 12 if hour <= 3 else hour
        case 2:
            return hour + 12 if hour < 12 else hour
        case _:
            return hour + 12 if 5 <= hour < 12 else 0 if hour == 12 else hour
