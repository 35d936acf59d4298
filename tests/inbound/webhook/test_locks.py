"""A webhook is acknowledged while its conversation is locked, and applied once when that is free."""

from __future__ import annotations

import asyncio

from rejoinder.bots.model import ChannelSettings
from rejoinder.db import new_id
from rejoinder.telemetry.metrics import DUPLICATES
from tests.inbound.webhook.edge import Edge, said

LINE_ALLOWS_S = 2.0


async def test_a_locked_conversation_does_not_hold_up_the_answer(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"), asyncio.timeout(LINE_ALLOWS_S):
        assert await edge.post(said("mae", "b", "2"), said("nid", "c", "3")) == 200
    assert await edge.texts("mae") == ["1"]
    assert await edge.texts("nid") == ["3"]
    assert await edge.intake() == [("waiting", "its conversation is locked by other work")]
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["1", "2"]
    assert await edge.texts("nid") == ["3"]
    assert [state for state, _ in await edge.intake()] == ["applied"]


async def test_many_locked_conversations_do_not_hold_up_the_answer(edge: Edge) -> None:
    threads = [f"t{number}" for number in range(4)]
    await edge.post(*(said(thread, f"{thread}-1") for thread in threads))
    async with edge.locked("t0"), edge.locked("t1"), edge.locked("t2"), edge.locked("t3"):
        async with asyncio.timeout(LINE_ALLOWS_S):
            assert await edge.post(*(said(thread, f"{thread}-2", "2") for thread in threads)) == 200
    await edge.apply_waiting()
    for thread in threads:
        assert await edge.texts(thread) == ["Hello", "2"]


async def test_what_comes_later_queues_behind_what_waits(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"):
        await edge.post(said("mae", "b", "2"), said("mae", "c", "3"))
    assert await edge.post(said("mae", "d", "4"), said("nid", "e", "5")) == 200
    assert await edge.post(said("mae", "f", "6")) == 200
    assert await edge.texts("mae") == ["1"]
    assert await edge.texts("nid") == ["5"]
    assert [reason for _, reason in await edge.intake()] == [
        "its conversation is locked by other work; earlier messages of its conversation wait",
        "earlier messages of its conversation wait",
        "earlier messages of its conversation wait",
    ]
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["1", "2", "3", "4", "6"]
    assert await edge.post(said("mae", "g", "7")) == 200
    assert await edge.texts("mae") == ["1", "2", "3", "4", "6", "7"]


async def test_the_later_one_is_not_taken_before_the_earlier(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"):
        await edge.post(said("mae", "b", "2"))
        await edge.post(said("mae", "c", "3"))
        first, second = await edge.apply_waiting()
    assert first is not None
    assert first.threads == {"mae"}
    assert second is None, "it is not the first of its thread"
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["1", "2", "3"]


async def test_who_writes_under_another_name_queues_behind_themselves(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"):
        await edge.post(said("mae", "b", "2"))
    assert await edge.post(said("mae-too", "c", "3", sender="mae")) == 200
    assert await edge.texts("mae") == ["1"]
    await edge.apply_waiting()
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["1", "2", "3"]


async def test_a_thread_that_moves_is_not_overtaken_under_its_new_key(edge: Edge) -> None:
    group = edge.at(await edge.channel("Groups", settings=ChannelSettings(groups="answer")))
    await group.post(said("g1", "a", "1", source="group"))
    async with group.locked("g1"):
        await group.post({"is": "moved", "thread": "g1", "to": "g2"})
    assert await group.post(said("g2", "b", "2", source="group")) == 200
    assert await group.texts("g2") == []
    await group.apply_waiting()
    assert await group.texts("g2") == ["1", "2"]
    assert len(await edge.sql("SELECT FROM conversations WHERE workspace_id = $1")) == 1


async def test_who_was_behind_is_woken(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"):
        await edge.post(said("mae", "b", "2"))
        await edge.post(said("mae", "c", "3"))
    ids = [
        row[0]
        for row in await edge.sql(
            "SELECT intake_id FROM intake WHERE workspace_id = $1 ORDER BY received_at"
        )
    ]

    async def jobs() -> list[int]:
        rows = await edge.sql(
            "SELECT count(*) FILTER (WHERE payload = uuid_send($1) || uuid_send($2)),"
            " count(*) FILTER (WHERE payload = uuid_send($1) || uuid_send($3)) FROM pgqueuer"
            " WHERE entrypoint = 'intake'",
            *ids,
        )
        return list(rows[0])

    assert await jobs() == [1, 1]
    await edge.sql("UPDATE intake SET next_try_at = clock_timestamp() WHERE workspace_id = $1")
    await edge.retried(ids[0])
    assert await jobs() == [1, 2]


async def test_a_job_of_what_is_gone_is_nothing(edge: Edge) -> None:
    assert await edge.retried(new_id()) is None


async def test_what_a_dead_worker_had_in_hand_is_tried_again(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"):
        await edge.post(said("mae", "b", "2"))
    await edge.die_with_it_in_hand()
    (row,) = await edge.sql(
        "SELECT state, attempts, next_try_at > clock_timestamp() FROM intake WHERE workspace_id = $1"
    )
    assert tuple(row) == ("waiting", 1, True)
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["1", "2"]


async def test_a_body_applied_by_a_worker_that_died_before_saying_so(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"):
        await edge.post(said("mae", "b", "2"), said("nid", "c", "3"))
    await edge.apply_waiting()
    await edge.sql(
        "UPDATE intake SET state = 'waiting', resolved_at = NULL WHERE workspace_id = $1"
    )
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["1", "2"]
    assert await edge.texts("nid") == ["3"]


async def test_what_is_stored_already_is_not_tried_again(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with edge.locked("mae"):
        await edge.post(*(said(f"t{n}", f"t{n}") for n in range(5)), said("mae", "b", "2"))
    before = DUPLICATES._value.get()
    await edge.apply_waiting()
    assert DUPLICATES._value.get() == before
    assert await edge.texts("mae") == ["1", "2"]
    assert await edge.texts("t4") == ["Hello"]
