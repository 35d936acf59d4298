"""The lanes' statistics: true numbers, of the caller's workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from rejoinder.queue.jobs import Job, enqueue_on
from rejoinder.queue.lanes import DELIVER, LANES, TURNS
from tests.api.application import Application
from tests.api.problem import problem
from tests.api.work.conftest import Desk
from tests.test_constraints import Row

NOW = datetime.now(UTC)
SOON, LATER = NOW + timedelta(hours=2), NOW + timedelta(hours=3)


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


async def lane(desk: Desk, name: str) -> dict[str, Any]:
    items = (await desk.get("/queues"))["items"]
    found: dict[str, Any] = next(item for item in items if item["name"] == name)
    assert found == await desk.get(f"/queues/{name}") | {
        "oldest_age_seconds": found["oldest_age_seconds"]
    }
    return found


EMPTY = {
    "waiting": 0,
    "active": 0,
    "completed": 0,
    "failed": 0,
    "delayed": 0,
    "oldest_age_seconds": None,
    "throughput_per_minute": 0,
}


async def test_every_lane_is_there_and_empty_in_a_new_workspace(desk: Desk) -> None:
    answer = await desk.get("/queues")
    assert answer["next"] is None
    assert [item["name"] for item in answer["items"]] == [row.name for row in LANES]
    for item in answer["items"]:
        assert item["aliases"] == next(
            list(row.aliases) for row in LANES if row.name == item["name"]
        )
        assert item["concurrency"] >= 1
        assert item["rate_per_second"] is None
        assert EMPTY.keys() <= item.keys()
        if item["name"].partition(".")[0] in {TURNS, DELIVER}:  # the others know no workspaces
            assert EMPTY.items() <= item.items(), item


async def test_turns_are_counted_by_what_they_are(desk: Desk) -> None:
    worker_no = await desk.house.connection.fetchval("SELECT max(worker_no) FROM workers")
    await desk.turn("waiting", due_at=ago(seconds=90))
    await desk.turn("waiting", due_at=ago(seconds=5))
    await desk.turn("waiting", due_at=SOON)
    await desk.turn("running", worker_no=worker_no, lease_until=LATER)
    for state, decision, at in (
        ("committed", "answer", ago(seconds=30)),
        ("committed", "silent", ago(minutes=30)),
        ("handed_off", "hand_off", ago(minutes=59)),
        ("committed", "answer", ago(minutes=61)),
        ("handed_off", None, ago(minutes=1)),  # a person took it: nobody finished it
        ("cancelled", None, ago(minutes=1)),
        ("superseded", None, ago(minutes=1)),
        ("failed", "hand_off", ago(minutes=1)),
    ):
        await desk.turn(state, decision=decision, ended_at=at)
    await desk.failed()
    settled = await desk.failed()
    await desk.house.connection.execute(
        "UPDATE dead_letters SET resolution = 'discarded', resolved_at = now() WHERE dead_letter_id = $1",
        settled["dead_letter_id"],
    )
    found = await lane(desk, "turns")
    assert 90 <= found.pop("oldest_age_seconds") < 150
    assert {name: found[name] for name in EMPTY if name in found} == {
        "waiting": 2,
        "delayed": 1,
        "active": 1,
        "completed": 3,
        "failed": 1,
        "throughput_per_minute": 1,
    }


async def test_deliveries_are_counted_in_their_platforms_lane(desk: Desk) -> None:
    turn = await desk.turn("committed", decision="answer")
    rows: tuple[Row, ...] = (
        {"status": "queued", "created_at": ago(seconds=7), "next_try_at": None},
        {"status": "queued", "created_at": ago(seconds=9), "next_try_at": SOON},
        {"status": "sent", "sent_at": ago(seconds=20)},
        {"status": "delivered", "sent_at": ago(minutes=20)},
        {"status": "read", "sent_at": ago(minutes=20)},
        {"status": "sent", "sent_at": ago(minutes=70)},
        {"status": "withheld", "sent_at": None},
    )
    for seq, given in enumerate(rows, 2):
        message = await desk.message(turn, seq=seq, direction="outbound", sender_type="ai")
        delivery = desk.house.delivery(message["message_id"]) | {"sent_at": None, "seq": seq}
        await desk.house.add(
            "deliveries", delivery | {"conversation_id": turn["conversation_id"]} | given
        )
    await desk.letter("delivery", turn["turn_id"], turn["conversation_id"])
    found = await lane(desk, "deliver.rest")
    assert 7 <= found.pop("oldest_age_seconds") < 60
    assert {name: found[name] for name in EMPTY if name in found} == {
        "waiting": 1,
        "delayed": 1,
        "active": 0,
        "completed": 3,
        "failed": 1,
        "throughput_per_minute": 1,
    }
    assert EMPTY.items() <= (await lane(desk, "deliver.pancake")).items()


async def test_another_workspaces_are_not_counted(
    desk: Desk, stranger: aiohttp.ClientSession
) -> None:
    await desk.turn("waiting", due_at=SOON)
    async with stranger.get("/api/v1/queues/turns") as response:
        assert EMPTY.items() <= (await response.json()).items()


async def test_lanes_of_the_queue_alone_are_counted_there(desk: Desk) -> None:
    connection = desk.house.connection
    jobs = [Job("webhooks", b"x"), Job("webhooks", b"y", timedelta(hours=1)), Job("turns", b"no")]
    await enqueue_on(connection, jobs)
    await connection.execute(
        """UPDATE pgqueuer SET status = 'failed' WHERE payload = 'no';
           INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, created)
           SELECT 1, 'successful', 0, 'webhooks', now() - n * interval '45 s' FROM generate_series(1, 4) n"""
    )
    try:
        found = await lane(desk, "webhooks")
        assert {name: found[name] for name in ("waiting", "delayed", "completed")} == {
            "waiting": 1,
            "delayed": 1,
            "completed": 4,
        }
        assert found["throughput_per_minute"] == 1
        assert (await lane(desk, "turns"))["failed"] == 1, "a job that nobody can read"
    finally:
        await connection.execute("DELETE FROM pgqueuer WHERE payload IN ('x', 'y', 'no')")
        await connection.execute("DELETE FROM pgqueuer_log WHERE entrypoint = 'webhooks'")


ALIASES = {
    "incoming-messages": "turns",
    "ai-processing": "turns",
    "ai_response_queue": "turns",
    "high_priority": "turns",
    "default": "turns",
    "whatsapp-cloud-send": "deliver.whatsapp_cloud",
    "whatsapp-qr-send": "deliver.whatsapp_qr",
    "webhook-delivery": "webhooks",
    "low_priority": "bulk",
    "outgoing-messages": "deliver",
    "deliver": "deliver",
}


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
async def test_an_alias_leads_to_its_lane(desk: Desk, alias: str, name: str) -> None:
    assert (await desk.get(f"/queues/{alias}"))["name"] == name


async def test_several_lanes_of_one_name_are_summed(desk: Desk) -> None:
    items = (await desk.get("/queues"))["items"]
    each = [item["concurrency"] for item in items if item["name"].startswith("deliver.")]
    found = await desk.get("/queues/outgoing-messages")
    assert (found["concurrency"], found["aliases"]) == (sum(each), ["outgoing-messages"])


async def test_an_unknown_lane_names_those_there_are(desk: Desk) -> None:
    async with desk.client.get("/api/v1/queues/deliver.rset") as response:
        told = await problem(response, 404, "unknown_lane")
    assert "'deliver.rest'" in told["detail"]
    assert all(row.name in told["mend"] for row in LANES)


@pytest.mark.parametrize("path", ["/queues", "/queues/turns", "/turns", "/dead-letters"])
async def test_who_only_hands_messages_in_sees_no_queues(program: Application, path: str) -> None:
    async with (
        program.client(await program.token("ingest")) as client,
        client.get(f"/api/v1{path}") as response,
    ):
        await problem(response, 403, "forbidden")
