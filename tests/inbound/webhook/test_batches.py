"""A webhook may hold any number of events: each is applied for itself, in order, once."""

from __future__ import annotations

import json

import pytest

from rejoinder.bots.model import ChannelSettings
from tests.inbound.webhook.edge import Edge, said, together
from tests.inbound.webhook.toy import Toy


async def test_several_conversations_in_one_webhook(edge: Edge) -> None:
    assert (
        await edge.post(said("mae", "a", "1"), said("nid", "b", "2"), said("mae", "c", "3")) == 200
    )
    assert await edge.texts("mae") == ["1", "3"]
    assert await edge.texts("nid") == ["2"]
    assert await edge.intake() == []


async def test_nothing_is_a_webhook_too(edge: Edge) -> None:
    assert await edge.post() == 200


async def test_the_same_webhook_again_changes_nothing(edge: Edge) -> None:
    for _ in range(2):
        assert await edge.post(said("mae", "a"), said("mae", "b", "Bye")) == 200
    assert await edge.texts("mae") == ["Hello", "Bye"]


async def test_the_same_webhook_at_once_changes_nothing(edge: Edge) -> None:
    posts = [edge.post(said("mae", "a"), said("nid", "b")) for _ in range(8)]
    assert await together(*posts) == [200] * 8
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["Hello"]
    assert await edge.texts("nid") == ["Hello"]


async def test_the_same_id_with_another_body_is_the_first_message(edge: Edge) -> None:
    assert await edge.post(said("mae", "a", "First")) == 200
    assert await edge.post(said("mae", "a", "Second"), said("mae", "b", "Next")) == 200
    assert await edge.texts("mae") == ["First", "Next"]
    assert await edge.intake() == []


async def test_an_odd_event_is_kept_and_its_neighbours_are_applied(edge: Edge) -> None:
    assert await edge.post(said("mae", "a", "1"), {"is": "hologram"}, said("mae", "b", "2")) == 200
    assert await edge.texts("mae") == ["1", "2"]
    assert await edge.intake() == [("quarantined", "an event 'hologram'")]


async def test_an_event_that_breaks_us_is_kept_and_its_neighbours_are_applied(edge: Edge) -> None:
    broken = {"is": "broken", "thread": "nid"}
    assert await edge.post(said("mae", "a", "1"), broken, said("mae", "b", "2")) == 200
    assert await edge.texts("mae") == ["1", "2"]
    ((state, reason),) = await edge.intake()
    assert state == "quarantined"
    assert reason.startswith("applying Said raised ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe garbage",
        b"[1, 2",
        b'"events"',
        b"[" * 200_000,
        b'{"events": [' + b'{"a":' * 50_000,
        b'{"events": [{"is": "said"}]}',
    ],
)
async def test_what_can_not_be_parsed_is_kept(edge: Edge, body: bytes) -> None:
    assert await edge.raw(body) == 200
    (kept,) = await edge.sql("SELECT state, body FROM intake WHERE workspace_id = $1")
    assert tuple(kept) == ("quarantined", body)


async def test_what_postgresql_can_not_store_is_taken_out(edge: Edge) -> None:
    assert await edge.post(said("mae", "a\0b", "nul \0 here, half \ud83d a pair")) == 200
    assert await edge.texts("mae") == ["nul  here, half \ufffd a pair"]
    (row,) = await edge.sql("SELECT external_id FROM messages WHERE workspace_id = $1")
    assert row[0] == "ab"


async def test_events_go_to_the_channel_of_their_account(edge: Edge) -> None:
    other = await edge.channel("Second number", account="second")
    assert await edge.post(said("mae", "a"), account="second") == 200
    assert await edge.post(said("mae", "b", "Home"), account="home") == 200
    rows = await edge.sql("SELECT external_id, channel_id FROM messages WHERE workspace_id = $1")
    assert {row[0]: row[1] for row in rows} == {"a": other, "b": edge.channel_id}


async def test_an_account_without_a_channel_is_a_persons_business(edge: Edge) -> None:
    assert await edge.post(said("mae", "a"), account="third") == 200
    assert await edge.intake() == [("quarantined", "there is no channel for the account third")]
    await edge.channel("Third number", account="third")
    await edge.sql("UPDATE intake SET state = 'waiting' WHERE workspace_id = $1")
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["Hello"]


@pytest.mark.parametrize(
    ("groups", "stored", "asked"),
    [
        ("ignore", [], []),
        ("mentions", ["Chat", "@shop"], ["@shop"]),
        ("answer", ["Chat", "@shop"], ["Chat", "@shop"]),
    ],
)
async def test_groups_are_heard_as_the_channel_says(
    edge: Edge, groups: str, stored: list[str], asked: list[str]
) -> None:
    settings = ChannelSettings(groups=groups)  # type: ignore[arg-type]
    group = edge.at(await edge.channel("Groups", settings=settings))
    told = {"source": "group", "sender": "mae"}
    assert await group.post(said("g1", "a", "Chat", **told)) == 200
    assert await group.post(said("g1", "b", "@shop", mentioned=True, **told)) == 200
    assert await group.texts("g1") == stored
    rows = await edge.sql(
        "SELECT text FROM messages WHERE workspace_id = $1 AND turn_id IS NOT NULL ORDER BY seq"
    )
    assert [row[0] for row in rows] == asked


async def test_an_edit_in_a_group_that_is_not_heard_is_nothing(edge: Edge) -> None:
    change = {"is": "edited", "id": "a", "text": "Chats", "source": "group"}
    assert await edge.post(said("g1", "a", source="group"), change) == 200
    assert await edge.intake() == []


async def test_a_reaction_is_kept_and_asks_for_nothing(edge: Edge) -> None:
    assert await edge.post(said("mae", "a", "👍", asks=False)) == 200
    assert await edge.texts("mae") == ["👍"]
    assert await edge.sql("SELECT 1 FROM turns WHERE workspace_id = $1") == []


async def test_expired_credentials_pause_the_channel(edge: Edge) -> None:
    assert await edge.post({"is": "trouble", "failure": "throttled"}) == 200
    assert await edge.post({"is": "noted"}) == 200
    paused = "SELECT 1 FROM channels WHERE workspace_id = $1 AND paused_until = 'infinity'"
    assert await edge.sql(paused) == []
    assert await edge.post({"is": "trouble", "failure": "credential"}) == 200
    (row,) = await edge.sql("SELECT paused_reason FROM channels WHERE workspace_id = $1")
    assert row[0] == "the token has expired"


async def test_a_moved_group_goes_on_under_its_new_key(edge: Edge) -> None:
    group = edge.at(await edge.channel("Groups", settings=ChannelSettings(groups="answer")))
    assert await group.post(said("g1", "a", source="group", sender="ann")) == 200
    for _ in range(2):
        assert await group.post({"is": "moved", "thread": "g1", "to": "g2"}) == 200
    assert await group.post(said("g2", "b", "Still here", source="group", sender="ann")) == 200
    assert await group.texts("g2") == ["Hello", "Still here"]
    threads = await group.sql("SELECT state FROM conversations WHERE workspace_id = $1")
    assert [row["state"] for row in threads] == ["bot"]


async def test_a_later_version_reads_what_this_one_could_not(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = said("mae", "b", "From the future") | {"is": "hologram"}
    assert await edge.post(said("mae", "a", "Now"), odd) == 200
    monkeypatch.setattr(Toy, "knows", {"hologram"})
    await edge.sql("UPDATE intake SET state = 'waiting' WHERE workspace_id = $1")
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["Now", "From the future"]
    assert [state for state, _ in await edge.intake()] == ["applied"]


async def test_half_a_pair_in_raw_bytes_is_taken_out(edge: Edge) -> None:
    body = json.dumps({"account": None, "events": [said("mae", "a", "half")]}).encode()
    assert await edge.raw(body.replace(b"half", b"half \xed\xa0\xbd of it")) == 200
    assert await edge.texts("mae") == ["half \ufffd of it"]


async def test_a_channel_that_was_taken_away_a_moment_ago(edge: Edge) -> None:
    gone = edge.at(await edge.channel("Gone"))
    assert await gone.post() == 200, "it is remembered from now on"
    await edge.sql(
        "DELETE FROM channels WHERE workspace_id = $1 AND channel_id = $2", gone.channel_id
    )
    assert await gone.post(said("mae", "a")) == 404
    assert await edge.texts("mae") == []
