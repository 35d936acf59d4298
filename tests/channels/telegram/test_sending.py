"""One request a message; every answer is understood for what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Receipt,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    Unsure,
)
from rejoinder.channels.port.simulated import Reply
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.channels.telegram.send import LONGEST_S, TAP_S
from rejoinder.conversations.content import Button, Buttons, File
from rejoinder.outbound.sending.deliver import PATIENCE
from tests.channels.telegram.bot import (
    CUSTOMER,
    GROUP,
    TOKEN,
    OnLoopback,
    SomeFiles,
    answered,
    outgoing,
    sent,
)

OLD_GROUP = "-77"
CHAT_NOT_FOUND = answered(400, description="Bad Request: chat not found")
HTML = "<html>Sorry</html>"


async def test_a_text_is_shown_and_its_id_names_the_chat(played: OnLoopback, wire: Wire) -> None:
    receipt = await sent(played, wire, outgoing())
    assert isinstance(receipt, Taken)
    assert played.shown == ["We open at nine."]
    (shown,) = played.outcomes[0].shown
    assert receipt.platform_ids == (shown.platform_id,)
    assert shown.platform_id.startswith(f"{CUSTOMER}:")
    assert played.bodies == [{"chat_id": int(CUSTOMER), "text": "We open at nine."}]


async def test_our_own_file_is_uploaded(played: OnLoopback, wire: Wire) -> None:
    picture = File(kind="image", media_id="m1", text="Our beans ☕")
    receipt = await sent(played, wire, outgoing(thread_key=GROUP, answers=[f"{GROUP}:44"]), picture)
    assert isinstance(receipt, Taken)
    assert played.problems == []
    assert played.shown == ["Our beans ☕"]
    call = played.calls[0]
    assert call.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="photo"; filename="a _picture_.png"\r\n' in call.body
    assert b"\x89PNG" in call.body


async def test_a_file_of_ours_that_is_gone_is_refused(played: OnLoopback, wire: Wire) -> None:
    receipt = await sent(played, wire, outgoing(), File(kind="image", media_id="gone"))
    assert isinstance(receipt, Refused)
    assert played.calls == []


async def test_a_large_file_arrives_whole(played: OnLoopback, wire: Wire) -> None:
    file = SomeFiles(b"x" * 12_000_000, "application/pdf")
    receipt = await sent(played, wire, outgoing(), File(kind="document", media_id="m"), files=file)
    assert isinstance(receipt, Taken)
    assert len(played.calls[0].body) > 12_000_000


async def test_in_a_group_the_message_that_asked_is_answered(
    played: OnLoopback, wire: Wire
) -> None:
    answers = [f"{GROUP}:43", f"{GROUP}:44", "reaction:5", "-9:50"]
    await sent(played, wire, outgoing(thread_key=GROUP, answers=answers))
    answering = {"message_id": 44, "allow_sending_without_reply": True}
    assert played.bodies[0]["reply_parameters"] == answering


async def test_a_tap_is_answered_before_the_message_and_once(
    played: OnLoopback, wire: Wire
) -> None:
    tapped = outgoing(answers=["callback:4382900000000000001"])
    assert isinstance(await sent(played, wire, tapped), Taken)
    assert played.methods == ["answerCallbackQuery", "sendMessage"]
    await sent(played, wire, replace(tapped, attempt=2))
    assert played.methods[2:] == ["sendMessage"]


async def test_a_tap_that_can_t_be_answered_holds_nothing_up(
    played: OnLoopback, wire: Wire
) -> None:
    played.script.append("cut")
    assert isinstance(await sent(played, wire, outgoing(answers=["callback:7"])), Taken)


def test_a_sender_ends_before_it_is_taken_for_dead() -> None:
    assert timedelta(seconds=LONGEST_S + TAP_S) < PATIENCE


async def test_a_payload_that_is_cut_is_noted(played: OnLoopback, wire: Wire) -> None:
    button = Button(title="Yes", payload="y" * 65)
    receipt = await sent(played, wire, outgoing(), Buttons(text="Right?", buttons=(button,)))
    assert isinstance(receipt, Taken)
    assert receipt.noted == {"telegram_cut_payloads": ["Yes"]}


async def test_a_group_that_moved_gets_it_where_it_is_now(played: OnLoopback, wire: Wire) -> None:
    played.telegram.moved[OLD_GROUP] = GROUP
    message = outgoing(thread_key=OLD_GROUP, answers=[f"{OLD_GROUP}:3"])
    receipt = await sent(played, wire, message)
    assert isinstance(receipt, Taken)
    assert receipt.platform_ids[0].startswith(f"{GROUP}:")
    assert receipt.noted == {"telegram_moved_to": GROUP}
    assert [body["chat_id"] for body in played.bodies] == [int(OLD_GROUP), int(GROUP)]
    assert "reply_parameters" not in played.bodies[1]


async def test_who_never_wrote_can_t_be_written_to(played: OnLoopback, wire: Wire) -> None:
    assert isinstance(await sent(played, wire, outgoing(thread_key="ann@shop.example")), Refused)
    assert played.calls == []
    known = outgoing(thread_key="our-name", identities={"telegram_user": CUSTOMER})
    assert isinstance(await sent(played, wire, known), Taken)


ANSWERS: dict[str, tuple[Reply, type[Receipt]]] = {
    "no such token": (answered(401, description="Unauthorized"), BadCredential),
    "no such bot": (answered(404, description="Not Found"), BadCredential),
    "blocked": (answered(403, description="Forbidden: bot was blocked by the user"), Refused),
    "no such chat": (CHAT_NOT_FOUND, Refused),
    "too large": (answered(413, description="Request Entity Too Large"), Refused),
    "throttled": (
        answered(429, description="Too Many Requests", parameters={"retry_after": 7}),
        Throttled,
    ),
    "its fault": (answered(502, description="Bad Gateway"), Unsure),
    "a proxy's 200": (Reply(200, body=HTML.encode()), Unsure),
    "a proxy's 204": (Reply(204, body=b""), Unsure),
    "a proxy's 302": (Reply(302, body=HTML.encode()), NotTaken),
    "a proxy's 404": (Reply(404, body=HTML.encode()), NotTaken),
    "a proxy's 413": (Reply(413, body=HTML.encode()), Refused),
    "a proxy's 503": (Reply(503, body=HTML.encode()), Unsure),
    "not a word": (Reply(400, {"ok": False}), Refused),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_what_an_answer_says(played: OnLoopback, wire: Wire, name: str) -> None:
    answer, expected = ANSWERS[name]
    played.script.append(answer)
    receipt = await sent(played, wire, outgoing())
    assert type(receipt) is expected, receipt
    assert TOKEN not in repr(receipt)
    assert len(played.calls) == 1


async def test_a_throttled_customer_s_chat_holds_the_bot_and_a_group_itself(
    played: OnLoopback, wire: Wire
) -> None:
    played.script += ["throttle", "throttle"]
    ours = await sent(played, wire, outgoing())
    assert isinstance(ours, Throttled)
    group = await sent(played, wire, outgoing(thread_key=GROUP))
    assert isinstance(group, RecipientThrottled)
    assert ours.retry_after == group.retry_after == 1


@pytest.mark.parametrize("step", ["cut", "cut-after-accept"])
async def test_without_an_answer_nobody_knows(played: OnLoopback, wire: Wire, step: str) -> None:
    played.script.append(step)  # type: ignore[arg-type]
    receipt = await sent(played, wire, outgoing())
    assert isinstance(receipt, Unsure)
    assert not Telegram().knows_repeats(outgoing())


async def test_without_a_connection_it_did_not_leave(played: OnLoopback, wire: Wire) -> None:
    played.account = replace(played.account, settings={"base_url": "http://127.0.0.1:1"})
    receipt = await sent(played, wire, outgoing(answers=["callback:7"]))
    assert isinstance(receipt, NotTaken)
    assert TOKEN not in receipt.error


async def test_an_address_that_is_none_is_refused(played: OnLoopback, wire: Wire) -> None:
    played.account = replace(played.account, settings={"base_url": "ftp://nowhere"})
    receipt = await sent(played, wire, outgoing())
    assert isinstance(receipt, Refused)
    assert TOKEN not in receipt.error
