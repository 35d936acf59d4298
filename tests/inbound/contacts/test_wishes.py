"""Who wants no more messages gets none, but for a confirmation; who wants them again is answered again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pydantic import JsonValue

from rejoinder.bots.model import OPTED_IN, OPTED_OUT
from rejoinder.bots.voice.notices import in_language
from rejoinder.text.consent import wish
from rejoinder.text.vocabulary import consent_words
from tests.inbound.contacts.conftest import PHONE, USER, House


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("STOP", "opt_out"),
        (" stop! 🙏", "opt_out"),
        ("Please stop", "opt_out"),
        ("หยุดครับ", "opt_out"),
        ("Hủy đăng ký", "opt_out"),
        ("HUY DANG KY", "opt_out"),
        ("não quero mais mensagens", "opt_out"),
        ("Cancelar suscripción.", "opt_out"),
        ("Dừng lại ạ", "opt_out"),
        ("DỪNG!", "opt_out"),
        ("Stop promotions", "opt_out"),
        ("Detener promociones", "opt_out"),
        ("START", "opt_in"),
        ("Bắt đầu", "opt_in"),
        ("começar", "opt_in"),
        ("เริ่ม", "opt_in"),
        ("don't stop", None),
        ("Where is the bus stop?", None),
        ("cancel my order", None),
        ("Đúng", None),  # right
        ("Dùng", None),  # use
        ("dung", None),  # any of the three
        ("หยุดวันไหนบ้าง", None),
        ("stop " * 30, None),
        ("", None),
    ],
)
def test_the_words(text: str, what: str | None) -> None:
    assert wish(text) == what


def test_every_word_of_the_list_is_found() -> None:
    assert {wish(word) for word in consent_words()} == {"opt_out", "opt_in"}


async def test_stop_ends_what_the_bot_was_about_to_say(house: House) -> None:
    asked = await house.says("When do you open?")
    said = await house.says("STOP", external_id="wamid.stop")
    again = await house.says("STOP", external_id="wamid.stop")
    assert again.duplicate
    assert said.turn_id is None
    turns = await house.sql("SELECT state, reason FROM turns WHERE workspace_id = $1")
    assert [row["state"] for row in turns] == ["cancelled"]
    assert await house.sent(asked) == [(house.settings.opt_out_text, "queued")]
    noted = await house.sql(
        "SELECT change, words, message_id FROM contact_consents WHERE workspace_id = $1"
    )
    assert [tuple(row) for row in noted] == [("opt_out", "STOP", said.message_id)]


async def test_a_second_stop_is_recorded_and_not_confirmed_again(house: House) -> None:
    first = await house.says("stop")
    await house.says("stop")
    assert len(await house.sent(first)) == 1
    assert len(await house.sql("SELECT FROM contact_consents WHERE workspace_id = $1")) == 2


async def test_what_they_write_nevertheless_is_a_persons(house: House) -> None:
    await house.says("STOP")
    said = await house.says("Is my order on its way?")
    assert said.turn_id is None
    assert await house.state(said) == "waiting"


async def test_start_answers_what_was_written_meanwhile(house: House) -> None:
    await house.says("STOP")
    meanwhile = await house.says("Is my order on its way?")
    back = await house.says("START")
    assert back.turn_id is None
    assert await house.state(back) == "bot"
    rows = await house.sql(
        """SELECT m.text FROM messages m JOIN turns t USING (workspace_id, turn_id)
        WHERE workspace_id = $1 AND t.state = 'waiting'"""
    )
    assert [row[0] for row in rows] == ["Is my order on its way?"]
    assert [text for text, _ in await house.sent(meanwhile)] == [
        house.settings.opt_out_text,
        house.settings.opt_in_text,
    ]


async def test_start_of_one_who_never_left_is_a_message(house: House) -> None:
    assert (await house.says("start")).turn_id is not None


async def test_an_agent_who_was_called_for_something_else_stays_called(house: House) -> None:
    asked = await house.says("I want a person")
    await house.sql(
        """UPDATE conversations SET state = 'waiting', metadata = '{"escalation_reason": "asked"}'
        WHERE workspace_id = $1"""
    )
    await house.says("STOP")
    await house.says("START")
    assert await house.state(asked) == "waiting"


async def test_a_wish_is_the_persons_in_all_threads(house: House) -> None:
    await house.says("Hello", [PHONE, USER])
    await house.says("STOP", [USER])
    assert (await house.says("Hello?", [PHONE])).turn_id is None


async def test_in_a_group_nobody_speaks_for_all(house: House) -> None:
    assert (await house.says("STOP", group="group")).turn_id is not None


async def test_a_silent_confirmation(house: House) -> None:
    quiet = replace(house, settings=replace(house.settings, opt_out_text=""))
    said = await quiet.says("STOP")
    assert await quiet.sent(said) == []
    assert (await quiet.says("Hello")).turn_id is None


async def test_stop_from_two_webhooks_at_once(house: House) -> None:
    said = await asyncio.gather(*(house.says("STOP", external_id="one") for _ in range(5)))
    assert len({each.message_id for each in said}) == 1
    assert len(await house.sent(said[0])) == 1


@pytest.mark.parametrize(
    ("tapped", "opted_out"),
    [
        ({"title": "Baja"}, False),
        ({"title": "Baja", "template": True}, True),
        ({"title": "Darme de baja"}, True),
    ],
    ids=["offered by an answer", "of a template", "unmistakable"],
)
async def test_a_plain_word_that_was_tapped_is_a_wish_only_on_a_templates_button(
    house: House, tapped: dict[str, JsonValue], opted_out: bool
) -> None:
    received = await house.says(str(tapped["title"]), content=[{"kind": "choice", **tapped}])
    rows = await house.sql("SELECT opted_out_at IS NOT NULL FROM contacts WHERE workspace_id = $1")
    assert [row[0] for row in rows] == [opted_out]
    assert (received.turn_id is None) == opted_out


@pytest.mark.parametrize(
    ("first", "stop", "start"),
    [
        ("When do you open on Sunday?", "STOP", "START"),
        ("ร้านเปิดกี่โมงคะ", "STOP", "เริ่ม"),
        ("Mấy giờ cửa hàng mở cửa?", "dừng", "bắt đầu"),
        ("Que horas vocês abrem no domingo?", "sair", "iniciar"),
        ("¿A qué hora abren los domingos?", "alto", "comenzar"),
    ],
    ids=["en", "th", "vi", "pt", "es"],
)
async def test_a_wish_is_confirmed_in_the_customers_language(
    house: House, first: str, stop: str, start: str, request: pytest.FixtureRequest
) -> None:
    said = await house.says(first)
    await house.says(stop)
    await house.says(start)
    spoken = request.node.callspec.id
    assert [text for text, _ in await house.sent(said)] == [
        in_language(OPTED_OUT, spoken),
        in_language(OPTED_IN, spoken),
    ]


async def test_a_text_of_ones_own_stands_as_it_was_written(house: House) -> None:
    house = replace(house, settings=replace(house.settings, opt_out_text="Bye."))
    said = await house.says("หยุด")
    assert [text for text, _ in await house.sent(said)] == ["Bye."]


@pytest.mark.parametrize("spoken", ["en", "th", "vi", "pt", "es"])
def test_the_words_that_notices_ask_for_are_understood(spoken: str) -> None:
    texts = [in_language(OPTED_OUT, spoken), in_language(OPTED_IN, spoken)]
    said = [[wish(word) for word in words(text)] for text in texts]
    assert ["opt_in" in said[0], "opt_out" in said[1]] == [True, True]


def words(text: str) -> list[str]:
    """Runs of one to three words."""
    found = text.split()
    return [
        " ".join(found[start : start + length])
        for length in (1, 2, 3)
        for start in range(len(found))
    ]
