"""Days and times, on a Saturday morning: 21 November 2026, ten o'clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rejoinder.understanding.naming import entities
from tests.understanding.naming.places import PLACES, told

EXAMPLES: list[tuple[str, str, list[str]]] = [
    ("en", "tomorrow at 3pm", ["datetime tomorrow at 3pm=2026-11-22T15:00:00-05:00"]),
    (
        "en",
        "can I book next Friday at 7:30 pm for 4 people?",
        ["datetime next Friday at 7:30 pm=2026-11-27T19:30:00-05:00", "quantity 4 people=4 people"],
    ),
    ("en", "in two hours", ["datetime in two hours=2026-11-21T12:00:00-05:00"]),
    ("es", "a las 7 menos cuarto", ["time 7 menos cuarto=06:45"]),
    (
        "es",
        "mañana a las 8 menos diez de la noche",
        ["datetime mañana a las 8 menos diez de la noche=2026-11-22T19:50:00+01:00"],
    ),
    ("es", "a la 1 menos cuarto", ["time 1 menos cuarto=12:45"]),
    ("vi", "7h kém 15", ["time 7h kém 15=06:45"]),
    ("vi", "8 giờ kém 10 tối nay", ["datetime 8 giờ kém 10 tối nay=2026-11-21T19:50:00+07:00"]),
    ("pt", "amanhã meio-dia e meia", ["datetime amanhã meio-dia e meia=2026-11-22T12:30:00-03:00"]),
    ("en", "a week from today", ["date a week from today=2026-11-28"]),
    ("th", "พรุ่งนี้ตอนเย็น 6 โมง", ["datetime พรุ่งนี้ตอนเย็น 6 โมง=2026-11-22T18:00:00+07:00"]),
    ("th", "เย็นนี้ 6 โมง", ["datetime เย็นนี้ 6 โมง=2026-11-21T18:00:00+07:00"]),
    ("th", "พรุ่งนี้เช้า 3 โมง", ["datetime พรุ่งนี้เช้า 3 โมง=2026-11-22T09:00:00+07:00"]),
    ("vi", "cho em đặt một bàn", []),  # one, not mốt, the day after tomorrow
    ("vi", "hẹn mốt nhé", ["date mốt=2026-11-23"]),
    ("vi", "thứ sáu tuần trước tôi có đặt", ["date thứ sáu tuần trước=2026-11-13"]),
    ("vi", "thứ hai tuần trước", ["date thứ hai tuần trước=2026-11-09"]),
    ("vi", "thứ sáu tuần tới nhé", ["date thứ sáu tuần tới=2026-11-27"]),
    ("vi", "hai tuần trước", ["date hai tuần trước=2026-11-07"]),
    (  # tôi is I, tối the evening
        "vi",
        "ngày mai lúc 8 giờ tôi đến",
        ["datetime ngày mai lúc 8 giờ=2026-11-22T08:00:00+07:00"],
    ),
    ("vi", "cho tôi thứ sáu", ["date thứ sáu=2026-11-27"]),
    ("vi", "thứ sáu tôi rảnh", ["date thứ sáu=2026-11-27"]),
    ("en", "half past 3", ["time half past 3=15:30"]),
    ("en", "Nov 22nd, 2026", ["date Nov 22nd, 2026=2026-11-22"]),
    ("en", "3rd of December", ["date 3rd of December=2026-12-03"]),
    (
        "en",
        "from 3 to 5pm on Nov 24",
        [
            "datetime 3=2026-11-24T15:00:00-05:00",
            "datetime 5pm on Nov 24=2026-11-24T17:00:00-05:00",
        ],
    ),
    (
        "en",
        "between 2 and 4 pm tomorrow",
        [
            "datetime 2=2026-11-22T14:00:00-05:00",
            "datetime 4 pm tomorrow=2026-11-22T16:00:00-05:00",
        ],
    ),
    ("en", "tonight at 8", ["datetime tonight at 8=2026-11-21T20:00:00-05:00"]),
    ("en", "Friday night at 9", ["datetime Friday night at 9=2026-11-27T21:00:00-05:00"]),
    ("en", "noon tomorrow", ["datetime noon tomorrow=2026-11-22T12:00:00-05:00"]),
    ("en", "12/05", ["date 12/05=2026-12-05"]),
    ("gb", "12/05", ["date 12/05=2027-05-12"]),
    ("gb", "by 25/12/2026", ["date 25/12/2026=2026-12-25"]),
    ("en", "2026-11-22", ["date 2026-11-22=2026-11-22"]),
    ("en", "2026-11-22T15:00Z", ["datetime 2026-11-22T15:00Z=2026-11-22T15:00:00+00:00"]),
    ("en", "the day after tomorrow", ["date the day after tomorrow=2026-11-23"]),
    ("en", "last Monday", ["date last Monday=2026-11-16"]),
    ("en", "in half an hour", ["datetime in half an hour=2026-11-21T10:30:00-05:00"]),
    ("en", "3 days ago", ["date 3 days ago=2026-11-18"]),
    ("en", "at 15:30", ["time 15:30=15:30"]),
    ("en", "we open 24/7", []),
    ("en", "add 1/2 cup", []),
    ("en", "at 350 degrees", []),
    ("en", "May I ask something?", []),
    ("en", "on the 30th", ["date the 30th=2026-11-30"]),
    ("en", "22-24 November", ["date 22=2026-11-22", "date 24 November=2026-11-24"]),
    ("en", "Nov 24-26", ["date Nov 24=2026-11-24", "date 26=2026-11-26"]),
    ("en", "lunch on Monday at 12:15", ["datetime Monday at 12:15=2026-11-23T12:15:00-05:00"]),
    ("en", "in a week", ["date in a week=2026-11-28"]),
    ("th", "พรุ่งนี้บ่ายสอง", ["datetime พรุ่งนี้บ่ายสอง=2026-11-22T14:00:00+07:00"]),
    ("th", "วันศุกร์หน้า", ["date วันศุกร์หน้า=2026-11-27"]),
    ("th", "พรุ่งนี้ 2 ทุ่ม", ["datetime พรุ่งนี้ 2 ทุ่ม=2026-11-22T20:00:00+07:00"]),
    ("th", "มะรืนนี้เช้า 9 โมง", ["datetime มะรืนนี้เช้า 9 โมง=2026-11-23T09:00:00+07:00"]),
    ("th", "22 พ.ย. 2569", ["date 22 พ.ย. 2569=2026-11-22"]),
    ("th", "22 พฤศจิกายน 69", ["date 22 พฤศจิกายน 69=2026-11-22"]),
    ("th", "12/05/2569", ["date 12/05/2569=2026-05-12"]),
    ("th", "12/5/69", ["date 12/5/69=2026-05-12"]),
    ("th", "วันที่ ๒๕ ธันวาคม", ["date วันที่ ๒๕ ธันวาคม=2026-12-25"]),
    ("th", "วันที่ 22-24 พ.ย.", ["date 22=2026-11-22", "date 24 พ.ย.=2026-11-24"]),
    ("th", "ตีสอง", ["time ตีสอง=02:00"]),
    ("th", "ตี 3 ครึ่ง", ["time ตี 3 ครึ่ง=03:30"]),
    ("th", "ทุ่มครึ่ง", ["time ทุ่มครึ่ง=19:30"]),
    ("th", "สามทุ่ม", ["time สามทุ่ม=21:00"]),
    ("th", "8 โมงเช้า", ["time 8 โมงเช้า=08:00"]),
    ("th", "สามโมงเช้า", ["time สามโมงเช้า=09:00"]),
    ("th", "5 โมงเย็น", ["time 5 โมงเย็น=17:00"]),
    ("th", "บ่ายโมงครึ่ง", ["time บ่ายโมงครึ่ง=13:30"]),
    ("th", "บ่าย 3 โมง", ["time บ่าย 3 โมง=15:00"]),
    ("th", "เที่ยงคืน", ["time เที่ยงคืน=00:00"]),
    ("th", "เที่ยงครึ่ง", ["time เที่ยงครึ่ง=12:30"]),
    ("th", "สิบโมง", ["time สิบโมง=10:00"]),
    ("th", "18.30 น.", ["time 18.30 น.=18:30"]),
    ("th", "15 นาฬิกา", ["time 15 นาฬิกา=15:00"]),
    ("th", "อีก 2 ชั่วโมง", ["datetime อีก 2 ชั่วโมง=2026-11-21T12:00:00+07:00"]),
    ("th", "อีกสามวัน", ["date อีกสามวัน=2026-11-24"]),
    ("th", "อีกครึ่งชั่วโมง", ["datetime อีกครึ่งชั่วโมง=2026-11-21T10:30:00+07:00"]),
    ("th", "2 วันที่แล้ว", ["date 2 วันที่แล้ว=2026-11-19"]),
    ("th", "เมื่อวาน", ["date เมื่อวาน=2026-11-20"]),
    ("th", "วันเสาร์นี้ตอน 10 โมง", ["datetime วันเสาร์นี้ตอน 10 โมง=2026-11-21T10:00:00+07:00"]),
    ("th", "อาทิตย์หน้า", []),
    (
        "th",
        "10.00-12.00 น. พรุ่งนี้",
        [
            "datetime 10.00=2026-11-22T10:00:00+07:00",
            "datetime 12.00 น. พรุ่งนี้=2026-11-22T12:00:00+07:00",
        ],
    ),
    ("vi", "ngày mai 8h sáng", ["datetime ngày mai 8h sáng=2026-11-22T08:00:00+07:00"]),
    ("vi", "8h sáng mai", ["datetime 8h sáng mai=2026-11-22T08:00:00+07:00"]),
    ("vi", "3 giờ chiều mai", ["datetime 3 giờ chiều mai=2026-11-22T15:00:00+07:00"]),
    ("vi", "ngay mai 8h sang", ["datetime ngay mai 8h sang=2026-11-22T08:00:00+07:00"]),
    ("vi", "thứ sáu tuần sau", ["date thứ sáu tuần sau=2026-11-27"]),
    ("vi", "9h tối thứ 7 tuần sau", ["datetime 9h tối thứ 7 tuần sau=2026-11-28T21:00:00+07:00"]),
    (
        "vi",
        "chủ nhật này lúc 9 giờ rưỡi",
        ["datetime chủ nhật này lúc 9 giờ rưỡi=2026-11-22T09:30:00+07:00"],
    ),
    ("vi", "22 tháng 11 năm 2026", ["date 22 tháng 11 năm 2026=2026-11-22"]),
    ("vi", "ngày 25/12", ["date 25/12=2026-12-25"]),
    ("vi", "12/05", ["date 12/05=2027-05-12"]),
    ("vi", "tối nay 7h30", ["datetime tối nay 7h30=2026-11-21T19:30:00+07:00"]),
    ("vi", "2 ngày nữa", ["date 2 ngày nữa=2026-11-23"]),
    ("vi", "trong 30 phút", ["datetime trong 30 phút=2026-11-21T10:30:00+07:00"]),
    ("vi", "3 ngày trước", ["date 3 ngày trước=2026-11-18"]),
    (
        "vi",
        "từ 8h đến 10h ngày mai",
        [
            "datetime 8h=2026-11-22T08:00:00+07:00",
            "datetime 10h ngày mai=2026-11-22T10:00:00+07:00",
        ],
    ),
    ("vi", "nửa tiếng nữa", ["datetime nửa tiếng nữa=2026-11-21T10:30:00+07:00"]),
    ("vi", "mai 3h em qua lấy", ["datetime mai 3h=2026-11-22T15:00:00+07:00"]),
    ("vi", "Mai là bạn em", []),
    ("vi", "12h trưa", ["time 12h trưa=12:00"]),
    ("pt", "amanhã às 15h", ["datetime amanhã às 15h=2026-11-22T15:00:00-03:00"]),
    ("pt", "depois de amanhã de manhã", ["date depois de amanhã de manhã=2026-11-23"]),
    ("pt", "sexta que vem", ["date sexta que vem=2026-11-27"]),
    ("pt", "sexta às 3 da tarde", ["datetime sexta às 3 da tarde=2026-11-27T15:00:00-03:00"]),
    ("pt", "segunda-feira às 9", ["datetime segunda-feira às 9=2026-11-23T09:00:00-03:00"]),
    ("pt", "na segunda vez", []),
    ("pt", "22 de novembro de 2026", ["date 22 de novembro de 2026=2026-11-22"]),
    ("pt", "12/05", ["date 12/05=2027-05-12"]),
    ("pt", "daqui a 2 horas", ["datetime daqui a 2 horas=2026-11-21T12:00:00-03:00"]),
    ("pt", "há 3 dias", ["date há 3 dias=2026-11-18"]),
    (
        "pt",
        "das 8h às 10h amanhã",
        ["datetime 8h=2026-11-22T08:00:00-03:00", "datetime 10h amanhã=2026-11-22T10:00:00-03:00"],
    ),
    ("pt", "de 3 a 5 da tarde", ["time 3=15:00", "time 5 da tarde=17:00"]),
    ("pt", "meio-dia", ["time meio-dia=12:00"]),
    ("pt", "hoje à noite às 8", ["datetime hoje à noite às 8=2026-11-21T20:00:00-03:00"]),
    ("pt", "dia 25 às 14h30", ["datetime dia 25 às 14h30=2026-11-25T14:30:00-03:00"]),
    ("pt", "10h-12h", ["time 10h=10:00", "time 12h=12:00"]),
    (
        "es",
        "el próximo martes a las 5",
        ["datetime próximo martes a las 5=2026-11-24T17:00:00+01:00"],
    ),
    ("es", "pasado mañana", ["date pasado mañana=2026-11-23"]),
    (
        "es",
        "mañana por la mañana a las 9",
        ["datetime mañana por la mañana a las 9=2026-11-22T09:00:00+01:00"],
    ),
    (
        "es",
        "el viernes a las cinco y media",
        ["datetime viernes a las cinco y media=2026-11-27T17:30:00+01:00"],
    ),
    ("es", "entre las 5 y las 7", ["time 5=17:00", "time 7=19:00"]),
    ("es", "de 3 a 5 de la tarde", ["time 3=15:00", "time 5 de la tarde=17:00"]),
    ("es", "22 de noviembre", ["date 22 de noviembre=2026-11-22"]),
    ("es", "el 5 de mayo", ["date 5 de mayo=2027-05-05"]),
    ("es", "hace 3 días", ["date hace 3 días=2026-11-18"]),
    ("es", "dentro de media hora", ["datetime dentro de media hora=2026-11-21T10:30:00+01:00"]),
    ("es", "esta noche a las 9", ["datetime esta noche a las 9=2026-11-21T21:00:00+01:00"]),
    ("es", "el martes pasado", ["date martes pasado=2026-11-17"]),
    ("es", "a las 15:30", ["time 15:30=15:30"]),
    ("es", "17h", ["time 17h=17:00"]),
    ("es", "lunes a viernes", ["date lunes=2026-11-23", "date viernes=2026-11-27"]),
    ("mx", "12/05/2027", ["date 12/05/2027=2027-05-12"]),
    ("es", "el lunes de la próxima semana", ["date lunes de la próxima semana=2026-11-23"]),
]


@pytest.mark.parametrize(
    ("where", "text", "expected"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES]
)
def test_what_is_named(where: str, text: str, expected: list[str]) -> None:
    assert told(where, text) == expected


@pytest.mark.parametrize("zone", ["Nowhere/None", "../etc", "", "/etc/passwd"])
def test_an_unknown_time_zone_leaves_that_of_now(zone: str) -> None:
    place = replace(PLACES["th"], zone=zone)
    [entity] = entities("tomorrow at 3pm", place, (), "en")
    assert entity.normal == "2026-11-22T15:00:00+07:00"


def test_tomorrow_is_the_contacts() -> None:
    late = replace(PLACES["th"], now=datetime(2026, 11, 21, 20, 0, tzinfo=UTC))
    [entity] = entities("พรุ่งนี้", late, (), "th")
    assert entity.normal == "2026-11-23"
