"""Messages leave: as replies, which are free, and pushed, which is safe to repeat."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rejoinder.channels.line import send as sending
from rejoinder.channels.line.adapter import Line
from rejoinder.channels.line.played.files import recording
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Receipt,
    Refused,
    Taken,
    Throttled,
    Unsure,
)
from rejoinder.channels.port.simulated import Reply
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.content import File, Template, Text
from rejoinder.errors import Unavailable
from rejoinder.outbound.sending.deliver import PATIENCE
from tests.channels.line.description import Description
from tests.channels.line.platform import CUSTOMER, GROUP, OnLoopback, SomeFiles, outgoing, sent

REPLY, PUSH = "/message/reply", "/message/push"


def with_token(played: OnLoopback, **more: Any) -> Any:
    return outgoing(reply_token=played.reply_token(), reply_token_s=50.0, **more)


async def test_while_there_is_a_token_it_is_a_reply(played: OnLoopback, wire: Wire) -> None:
    receipt = await sent(played, wire, with_token(played))
    assert played.paths == [REPLY]
    assert "x-line-retry-key" not in played.calls[0].headers
    assert played.shown == ["We open at nine."]
    assert isinstance(receipt, Taken)
    (shown,) = played.outcomes[0].shown
    assert receipt.platform_ids == (shown.platform_id,)


async def test_without_one_it_is_pushed_with_the_deliverys_id_as_retry_key(
    played: OnLoopback, wire: Wire
) -> None:
    message = outgoing()
    assert isinstance(await sent(played, wire, message), Taken)
    assert played.paths == [PUSH]
    assert played.calls[0].headers["x-line-retry-key"] == str(message.delivery_id)
    assert played.bodies[0]["to"] == CUSTOMER


async def test_a_token_that_is_about_to_end_is_not_tried(played: OnLoopback, wire: Wire) -> None:
    await sent(played, wire, outgoing(reply_token="t", reply_token_s=0.5))
    assert played.paths == [PUSH]


async def test_a_token_that_line_takes_no_more_is_followed_by_a_push(
    played: OnLoopback, wire: Wire
) -> None:
    message = with_token(played)
    await sent(played, wire, message)
    receipt = await sent(played, wire, message)
    assert played.paths == [REPLY, REPLY, PUSH]
    assert isinstance(receipt, Taken)


async def test_a_reply_and_a_push_after_it_end_before_their_sender_is_taken_for_dead(
    played: OnLoopback, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=sending.WHOLE_S) < PATIENCE
    monkeypatch.setattr(sending, "WHOLE_S", 1.0)
    message = with_token(played)
    await sent(played, wire, message)
    played.script += [None, "hang"]
    receipt = await asyncio.wait_for(sent(played, wire, message), sending.TIMEOUT_S - 1)
    assert played.paths == [REPLY, REPLY, PUSH]
    assert isinstance(receipt, NotTaken)


async def test_a_reply_that_is_refused_for_itself_is_not_pushed(
    played: OnLoopback, wire: Wire
) -> None:
    played.script.append("reject")
    receipt = await sent(played, wire, with_token(played))
    assert played.paths == [REPLY]
    assert receipt == Refused(
        "LINE answered 400: The request body has 1 error(s); messages[0]: The value is not allowed."
    )


async def test_a_repeated_push_is_known_and_counts_as_sent(played: OnLoopback, wire: Wire) -> None:
    message = outgoing()
    first = await sent(played, wire, message)
    again = await sent(played, wire, message)
    assert played.outcomes[1].reply.status == 409
    assert played.shown == ["We open at nine."]
    assert first == again


async def test_a_push_whose_answer_was_lost_is_tried_again_and_shown_once(
    played: OnLoopback, wire: Wire
) -> None:
    played.script.append("cut-after-accept")
    message = outgoing()
    assert isinstance(await sent(played, wire, message), NotTaken)
    assert isinstance(await sent(played, wire, message), Taken)
    assert played.shown == ["We open at nine."]


@pytest.mark.parametrize("step", ["hang", "cut", "cut-after-accept", "fail", Reply(200)])
async def test_a_reply_without_an_answer_is_unsure(
    played: OnLoopback, wire: Wire, step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.2)
    played.script.append(step)
    assert isinstance(await sent(played, wire, with_token(played)), Unsure)
    assert played.paths == [REPLY]


@pytest.mark.parametrize("step", ["hang", "cut", "fail"])
async def test_a_push_without_an_answer_may_be_tried_again(
    played: OnLoopback, wire: Wire, step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.2)
    played.script.append(step)
    assert isinstance(await sent(played, wire, outgoing()), NotTaken)


async def test_what_found_no_connection_is_not_taken(played: OnLoopback, wire: Wire) -> None:
    nobody = outgoing(reply_token="t", reply_token_s=50.0)
    played.account.settings["base_url"] = "http://127.0.0.1:1"  # type: ignore[index]
    assert isinstance(await sent(played, wire, nobody), NotTaken)
    assert isinstance(await sent(played, wire, outgoing()), NotTaken)


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        ("throttle", Throttled),
        ("bad_credential", BadCredential),
        ("reject", Refused),
        (
            Reply(403, {"message": "Access to this API is not available for your account"}),
            BadCredential,
        ),
        (Reply(404, {"message": "Not found"}), Refused),
        (Reply(413, body=b"too large"), Refused),
        (Reply(503, body=b"<html>"), NotTaken),
        (Reply(200, body=b"<html>"), NotTaken),
        (Reply(409, body=b"<html>"), NotTaken),
        (Reply(403, body=b"<html>"), NotTaken),
    ],
)
async def test_each_answer_has_its_class(
    played: OnLoopback, wire: Wire, answer: Any, receipt: type[Receipt]
) -> None:
    played.script.append(answer)
    assert isinstance(await sent(played, wire, outgoing()), receipt)


async def test_a_throttled_reply_was_not_sent_and_says_for_how_long(
    played: OnLoopback, wire: Wire
) -> None:
    played.script.append(Reply(429, {"message": "Slow down"}, headers={"Retry-After": "7"}))
    receipt = await sent(played, wire, with_token(played))
    assert receipt == Throttled("LINE answered 429: Slow down.", 7.0)


async def test_a_used_up_quota_ends_pushes_and_not_the_channel(
    played: OnLoopback, wire: Wire
) -> None:
    played.line.pushes_left = 1
    assert isinstance(await sent(played, wire, outgoing()), Taken)
    refused = await sent(played, wire, outgoing())
    assert isinstance(refused, Refused)
    assert "monthly limit" in refused.error
    assert isinstance(await sent(played, wire, with_token(played)), Taken)


async def test_what_line_has_no_form_for_never_leaves(played: OnLoopback, wire: Wire) -> None:
    receipt = await sent(played, wire, outgoing(), Template(name="order", language="en"))
    assert isinstance(receipt, Refused)
    assert played.calls == []


async def test_our_own_files_go_by_their_public_address(played: OnLoopback, wire: Wire) -> None:
    part = File(kind="image", media_id="m1")
    await sent(played, wire, outgoing(), part, files="https://shop.example/media")
    (shown,) = played.bodies[0]["messages"]
    assert shown["originalContentUrl"] == "https://shop.example/media/m1"


@pytest.mark.parametrize("address", [None, "http://shop.example/media"])
async def test_without_an_https_address_of_ours_no_file_can_be_sent(
    played: OnLoopback, wire: Wire, address: str | None
) -> None:
    receipt = await sent(played, wire, outgoing(), File(kind="image", media_id="m1"), files=address)
    assert isinstance(receipt, Refused)
    assert "REJOINDER_PUBLIC_URL" in receipt.error
    assert played.calls == []


async def test_a_recording_of_ours_tells_its_length(played: OnLoopback, wire: Wire) -> None:
    files = SomeFiles("https://shop.example/media", recording(2500, b"M4A "))
    parts = (File(kind="audio", media_id="m1", mime_type="audio/mp4"),)
    await Line().send(played.account, outgoing(), parts, wire, files)
    (shown,) = played.bodies[0]["messages"]
    assert (shown["type"], shown["duration"]) == ("audio", 2500)


class AwayFiles(SomeFiles):
    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        raise Unavailable("The media store is away.", retry_after=3)


async def test_a_store_of_ours_that_is_away_is_waited_for(played: OnLoopback, wire: Wire) -> None:
    files = AwayFiles("https://shop.example/media")
    parts = (File(kind="audio", media_id="m1"),)
    receipt = await Line().send(played.account, outgoing(), parts, wire, files)
    assert receipt == NotTaken("The media store is away.", 3)
    assert played.calls == []


@pytest.mark.parametrize(
    ("thread", "to"),
    [(CUSTOMER, CUSTOMER), (GROUP, GROUP), ("order-42", CUSTOMER)],
)
async def test_a_push_goes_to_the_chat_or_to_whom_the_conversation_is_with(
    played: OnLoopback, wire: Wire, thread: str, to: str
) -> None:
    await sent(played, wire, outgoing(thread_key=thread, identities={"line_user": CUSTOMER}))
    assert played.bodies[0]["to"] == to


def test_only_a_push_is_known_when_it_comes_again() -> None:
    assert Line().knows_repeats(outgoing())
    assert not Line().knows_repeats(outgoing(reply_token="t", reply_token_s=0.0))


async def test_both_ways_keep_to_the_published_description(
    played: OnLoopback, wire: Wire, data: Path
) -> None:
    description = Description(data / "openapi/line/messaging-api.yml")
    await sent(played, wire, with_token(played), Text(text="one"), Text(text="two"))
    await sent(played, wire, outgoing())
    assert played.paths == [REPLY, PUSH]
    replied, pushed = played.bodies
    assert description.wrong(replied, "ReplyMessageRequest") == []
    assert description.wrong(pushed, "PushMessageRequest") == []
    answers: list[Any] = [outcome.reply.json for outcome in played.outcomes]
    assert description.wrong(answers[0], "ReplyMessageResponse") == []
    assert description.wrong(answers[1], "PushMessageResponse") == []
    assert not [problem for outcome in played.outcomes for problem in outcome.problems]
