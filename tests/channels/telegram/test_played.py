"""The played Telegram is as strict as the real one, and remembers what it showed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic_core import to_json

from rejoinder.channels.port.event import Said
from rejoinder.channels.port.simulated import Call, Outcome
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.channels.telegram.compose.keyboard import Pressed, inline
from rejoinder.channels.telegram.simulated import SimulatedTelegram
from rejoinder.conversations.content import Choice, Part
from tests.channels.telegram.bot import CUSTOMER, TOKEN, account

NOW = datetime.now(UTC)


@pytest.fixture
def telegram() -> SimulatedTelegram:
    return SimulatedTelegram(account())


def call(method: str, token: str = TOKEN, /, **fields: Any) -> Call:
    headers = {"content-type": "application/json"}
    return Call("POST", f"/bot{token}/{method}", {}, headers, to_json(fields))


def send(telegram: SimulatedTelegram, **fields: Any) -> Outcome:
    return telegram.take(call("sendMessage", **{"chat_id": int(CUSTOMER)} | fields), NOW)


def heard(telegram: SimulatedTelegram, part: Part) -> Said:
    webhook = telegram.said(telegram.customers(1), part, NOW)
    (said,) = Telegram().parse(account(), webhook.body)
    assert isinstance(said, Said)
    return said


WRONG: dict[str, dict[str, Any]] = {
    "message text is empty": {"text": ""},
    "message is too long": {"text": "x" * 4097},
    "can't parse text: it must be a text": {"text": 5},
    "chat_id is empty": {"chat_id": None, "text": "x"},
    "BUTTON_DATA_INVALID": {
        "text": "x",
        "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]},
    },
    "BUTTON_URL_INVALID": {
        "text": "x",
        "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "tel:1"}]]},
    },
    "text buttons are unallowed in the inline keyboard": {
        "text": "x",
        "reply_markup": {"inline_keyboard": [[{"text": "a"}]]},
    },
    "keyboard button text must not be empty": {
        "text": "x",
        "reply_markup": {"keyboard": [[{"text": ""}]]},
    },
    "object expected as reply markup": {"text": "x", "reply_markup": {}},
}


@pytest.mark.parametrize("words", WRONG)
def test_what_telegram_refuses(telegram: SimulatedTelegram, words: str) -> None:
    outcome = send(telegram, **WRONG[words])
    assert outcome.reply.status == 400
    assert outcome.reply.json == {
        "ok": False,
        "error_code": 400,
        "description": f"Bad Request: {words}",
    }
    assert (outcome.shown, outcome.problems) == ((), (words,))


def test_what_telegram_passes_over_is_a_problem(telegram: SimulatedTelegram) -> None:
    outcome = send(telegram, text="x", colour="red")
    assert (outcome.reply.status, outcome.problems) == (200, ("colour is not known",))


def test_wrong_tokens_and_paths(telegram: SimulatedTelegram) -> None:
    assert telegram.take(call("getMe", "1:x"), NOW).reply.status == 401
    assert telegram.take(call("fly"), NOW).reply.status == 404
    assert telegram.take(Call("GET", "/", {}, {}, b""), NOW).reply.status == 404
    assert telegram.take(Call("POST", f"/bot{TOKEN}/getMe", {}, {}, b"{"), NOW).reply.status == 404
    file = Call("GET", "/file/bot1:x/photos/a.jpg", {}, {}, b"")
    assert telegram.take(file, NOW).reply.status == 401


def test_a_file_is_an_address_or_one_that_is_there(telegram: SimulatedTelegram) -> None:
    there = heard(telegram, Choice(title="x"))
    assert there.text == "x"
    for photo, status in (("https://shop.example/a.png", 200), ("nonsense", 400)):
        sent = telegram.take(call("sendPhoto", chat_id=5, photo=photo), NOW)
        assert sent.reply.status == status


def test_which_calls_send(telegram: SimulatedTelegram) -> None:
    assert telegram.sends(call("sendMessage", chat_id=5, text="x")) == "5"
    assert telegram.sends(call("sendChatAction", chat_id=5, action="typing")) is None
    assert telegram.sends(call("answerCallbackQuery", callback_query_id="5")) is None
    assert telegram.sends(Call("GET", "/", {}, {}, b"")) is None


def test_a_blocked_bot_shows_nothing(telegram: SimulatedTelegram) -> None:
    telegram.blocked.add(CUSTOMER)
    outcome = send(telegram, text="x")
    assert (outcome.reply.status, outcome.shown) == (403, ())


def test_a_tap_brings_back_what_was_sent_with_the_button(telegram: SimulatedTelegram) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "the payload"}]]}
    (shown,) = send(telegram, text="Right?", reply_markup=markup).shown
    assert shown.options == ("Yes",)
    said = heard(telegram, Choice(title="Yes", of=shown.platform_id))
    assert isinstance(said.parts[0], Choice)
    assert said.parts[0].payload == "the payload"


def test_a_title_that_is_too_long_to_be_sent_along_comes_back_whole(
    telegram: SimulatedTelegram,
) -> None:
    title = "ดูรายละเอียดเพิ่มเติมของสินค้า"
    (shown,) = send(telegram, text="?", reply_markup=inline([Pressed(title)])).shown
    said = heard(telegram, Choice(title=title, of=shown.platform_id))
    assert isinstance(said.parts[0], Choice)
    assert (said.parts[0].title, said.parts[0].payload) == (title, title)


def test_a_reply_in_place_of_the_keyboard_comes_as_a_text(telegram: SimulatedTelegram) -> None:
    (shown,) = send(telegram, text="?", reply_markup={"keyboard": [[{"text": "Tea"}]]}).shown
    said = heard(telegram, Choice(title="Tea", of=shown.platform_id))
    assert (said.parts[0].kind, said.text) == ("text", "Tea")


def test_a_tap_is_answered_once(telegram: SimulatedTelegram) -> None:
    said = heard(telegram, Choice(title="Yes"))
    answer = call("answerCallbackQuery", callback_query_id=said.external_id.partition(":")[2])
    assert [telegram.take(answer, NOW).reply.status for _ in range(2)] == [200, 400]


def test_runs_share_no_ids_and_all_customers(telegram: SimulatedTelegram) -> None:
    other = SimulatedTelegram(account())
    assert telegram.customers(3) == other.customers(3)
    one, two = (heard(each, Choice(title="x")) for each in (telegram, other))
    assert one.external_id != two.external_id


def test_ids_grow(telegram: SimulatedTelegram) -> None:
    ids = [send(telegram, text="x").shown[0].platform_id for _ in range(3)]
    numbers = [int(each.partition(":")[2]) for each in ids]
    assert numbers == sorted(set(numbers))
