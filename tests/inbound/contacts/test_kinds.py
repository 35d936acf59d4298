"""What comes beside text: unsupported kinds, reactions, files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from rejoinder.channels.port.event import MediaRef
from tests.inbound.contacts.conftest import PHONE, House

UNREADABLE: list[JsonValue] = [{"kind": "unsupported", "what": "poll"}]


async def test_what_nobody_can_read_is_told_once(house: House) -> None:
    first = await house.says("[poll]", content=UNREADABLE)
    await house.says("[poll]", content=UNREADABLE)
    assert first.turn_id is None
    assert await house.sent(first) == [(house.settings.unsupported_text, "queued")]


async def test_a_person_in_charge_sees_it_themselves(house: House) -> None:
    first = await house.says("Hello")
    await house.says("I am Nok", sender="agent", shown="Nok")
    await house.says("[poll]", content=UNREADABLE)
    assert await house.sent(first) == []
    assert await house.state(first) == "agent"


async def test_a_reaction_is_kept_and_asks_for_nothing(house: House) -> None:
    said = await house.says(
        "👍", content=[{"kind": "reaction", "emoji": "👍", "of": "x"}], history=True
    )
    rows = await house.sql("SELECT kind, turn_id FROM messages WHERE workspace_id = $1")
    assert [tuple(row) for row in rows] == [("reaction", None)]
    assert said.turn_id is None


async def test_a_file_gets_an_id_of_ours_and_a_job(house: House) -> None:
    ref = MediaRef(part=0, id="media-1", mime_type="image/jpeg", sha256="abc")
    said = await house.says("A photo", content=[{"kind": "image"}], media=(ref,))
    rows = await house.sql(
        """SELECT m.media_id::text, m.source->>'id', m.state, s.content->0->>'media_id' FROM media m
        JOIN messages s USING (workspace_id, message_id) WHERE workspace_id = $1"""
    )
    assert [tuple(row)[1:3] for row in rows] == [("media-1", "waiting")]
    assert rows[0][0] == rows[0][3]
    jobs = await house.sql(
        "SELECT entrypoint FROM pgqueuer WHERE substring(payload FOR 16) = uuid_send($1) ORDER BY 1"
    )
    assert [row[0] for row in jobs] == ["media", "turns"]
    assert said.turn_id is not None


async def test_the_window_and_the_tokens_are_remembered(house: House) -> None:
    await house.says("Hello", [PHONE], external_id="wamid.1")
    rows = await house.sql(
        """SELECT last_customer_id, clock_timestamp() - last_customer_at < interval '1 minute'
        FROM conversations WHERE workspace_id = $1"""
    )
    assert [tuple(row) for row in rows] == [("wamid.1", True)]
    await house.says("From the app", [PHONE], sender="agent")
    again = await house.sql("SELECT last_customer_id FROM conversations WHERE workspace_id = $1")
    assert again[0][0] == "wamid.1"


async def test_a_notice_is_a_reply_to_the_message_it_is_about(house: House) -> None:
    await house.says("Hello", reply_token="old")
    await house.says("[poll]", content=UNREADABLE, reply_token="new")
    rows = await house.sql(
        """SELECT d.reply_token, c.reply_token, c.total_messages FROM deliveries d
        JOIN conversations c USING (workspace_id, conversation_id) WHERE workspace_id = $1"""
    )
    assert [tuple(row) for row in rows] == [("new", None, 3)]


async def test_who_wants_nothing_is_not_told_what_nobody_can_read(house: House) -> None:
    stop = await house.says("STOP")
    poll = await house.says("[poll]", content=UNREADABLE)
    assert [text for text, _ in await house.sent(stop)] == [house.settings.opt_out_text]
    assert await house.state(poll) == "waiting"


@pytest.mark.parametrize("year", [1970, 2100])
async def test_a_platform_whose_clock_is_far_off(house: House, year: int) -> None:
    await house.says("Hello", at=datetime(year, 1, 1, tzinfo=UTC))
    rows = await house.sql(
        """SELECT abs(extract(epoch FROM clock_timestamp() - m.platform_time)) < 60,
        abs(extract(epoch FROM clock_timestamp() - c.last_message_timestamp)) < 60,
        abs(extract(epoch FROM clock_timestamp() - c.last_customer_at)) < 60
        FROM messages m JOIN conversations c USING (workspace_id, conversation_id) WHERE workspace_id = $1"""
    )
    assert [tuple(row) for row in rows] == [(True, True, True)]
