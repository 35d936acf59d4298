"""Two servers and three workers answer as one: each message once, in order, whoever dies."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psutil
import pytest

from tests.cli.conftest import open_folder
from tests.eventually import eventually
from tests.fleet.conftest import Fleet
from tests.fleet.processes import Member

CONVERSATIONS = 60


async def _channel(fleet: Fleet) -> str:
    given = {
        "platform": "rest",
        "name": f"Fleet {uuid4()}",
        "settings": {"callback_url": fleet.receiver.url},
    }
    async with (
        fleet.servers[0].client() as client,
        client.post("/api/v1/channels", json=given) as response,
    ):
        made = await response.json()
        assert response.status == 201, made
    fleet.receiver.secret = made["signing_secret"]
    return str(made["channel_id"])


async def _say(
    client: aiohttp.ClientSession, channel: str, thread: str, text: str, wait: float = 0
) -> dict[str, Any]:
    body = {"channel_id": channel, "conversation_id": thread, "text": text}
    async with client.post("/api/v1/messages", params={"wait": wait}, json=body) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status in {200, 202}, answer
        return answer


async def test_each_message_is_answered_once_whoever_takes_it(fleet: Fleet) -> None:
    channel = await _channel(fleet)
    fleet.stub.delay = 0.2
    threads = [f"fleet-{number}" for number in range(CONVERSATIONS)]
    async with fleet.servers[0].client() as one, fleet.servers[1].client() as other:
        clients = (one, other)
        answers = await asyncio.gather(
            *(
                _say(clients[number % 2], channel, thread, f"I am {thread}.", wait=60)
                for number, thread in enumerate(threads)
            )
        )
    assert [answer["status"] for answer in answers] == ["answered"] * CONVERSATIONS
    await fleet.receiver.called(CONVERSATIONS, 30)
    assert Counter(fleet.receiver.texts) == {f"Read: I am {thread}.": 1 for thread in threads}
    assert len(fleet.stub.requests) == CONVERSATIONS


async def test_a_caller_waits_at_one_server_for_what_was_written_at_another(fleet: Fleet) -> None:
    channel = await _channel(fleet)
    fleet.stub.delay = 0.5
    async with fleet.servers[0].client() as one, fleet.servers[1].client() as other:
        told = await _say(one, channel, "thread", "Hello")
        path = f"/api/v1/messages/{told['message_id']}"
        async with other.get(path, params={"wait": 30}) as response:
            assert (await response.json())["status"] == "answered"


async def test_work_goes_on_when_workers_and_a_server_die(fleet: Fleet) -> None:
    """One worker is killed with turns in hand, one is told to stop, and a server dies; each message has its reply."""
    channel = await _channel(fleet)
    fleet.stub.delay = 1.0
    threads = [f"dying-{number}" for number in range(CONVERSATIONS)]
    async with fleet.servers[0].client() as one, fleet.servers[1].client() as other:
        clients = (one, other)
        for number, thread in enumerate(threads):
            await _say(clients[number % 2], channel, thread, f"I am {thread}.")
        await fleet.stub.until(lambda stub: stub.open >= CONVERSATIONS // 2)
        await fleet.workers[0].kill()
        await fleet.servers[0].kill()
        assert await fleet.workers[1].stop() == 0
        await fleet.receiver.called(CONVERSATIONS, 60)
        answered = await asyncio.gather(*(_replies(other, channel, thread) for thread in threads))
    assert answered == [[f"Read: I am {thread}."] for thread in threads]
    assert Counter(fleet.receiver.texts) == {f"Read: I am {thread}.": 1 for thread in threads}


async def _replies(client: aiohttp.ClientSession, channel: str, thread: str) -> list[str]:
    query = {"by": "external", "channel_id": channel}
    async with client.get(f"/api/v1/conversations/{thread}/messages", params=query) as response:
        page = await response.json()
    return [item["text"] for item in page["items"] if item["direction"] == "outbound"]


async def test_a_worker_takes_only_the_jobs_of_its_lanes(fleet: Fleet) -> None:
    """Nobody takes turns until one does who may."""
    channel = await _channel(fleet)
    await asyncio.gather(*(worker.stop() for worker in fleet.workers))
    with open_folder() as top:
        keyless = {"REJOINDER_MODEL": "gemini"}  # who only sends needs no key
        sender = fleet.member(top / "s", "sender", "worker", "--lanes", "deliver", **keyless)
        answerer = fleet.member(top / "a", "answerer", "worker", "--lanes", "turns")
        await sender.start()
        async with fleet.servers[0].client() as client:
            told = await _say(client, channel, "lanes", "Hello", wait=2)
            assert told["status"] == "pending"
            await answerer.start()
            path = f"/api/v1/messages/{told['message_id']}"
            async with client.get(path, params={"wait": 30}) as response:
                assert (await response.json())["status"] == "answered"
        await sender.stop()
        await answerer.stop()


async def test_a_supervised_worker_that_dies_is_followed_by_another(fleet: Fleet) -> None:
    await asyncio.gather(*(worker.stop() for worker in fleet.workers))
    channel = await _channel(fleet)
    with open_folder() as top:
        server = fleet.member(top / "own", "own", "serve", "--workers", "2")
        await server.start()
        before = await eventually(lambda: _children(server, 2), 30)
        before[0].kill()
        after = await eventually(lambda: _new_children(server, {each.pid for each in before}), 30)
        assert "another follows" in server.told
        async with server.client() as client:
            told = await _say(client, channel, "supervised", "Hello", wait=30)
            assert told["status"] == "answered"
        await server.kill()  # they see that their server has gone
        await eventually(lambda: _gone({each.pid for each in after}), 30)


async def _children(server: Member, count: int) -> list[Any]:
    found = psutil.Process(server.pid).children()
    return found if len(found) == count else []


async def _new_children(server: Member, before: set[int]) -> list[Any]:
    found = await _children(server, 2)
    return found if found and {each.pid for each in found} != before else []


async def _gone(pids: set[int]) -> bool:
    return not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    """Whether it runs; one without a parent may wait for ever for somebody to ask how it ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_signal_to_all_processes_of_a_unit_lets_turns_finish(
    fleet: Fleet, tmp_path: Path
) -> None:
    """systemd signals the workers itself; that their server then tells them too is no haste."""
    await asyncio.gather(*(worker.stop() for worker in fleet.workers))
    channel = await _channel(fleet)
    fleet.stub.delay = 1.0
    left = fleet.stub.closed_by_client
    with open_folder() as top:
        server = fleet.member(top / "unit", "unit", "serve", "--workers", "1")
        await server.start()
        async with fleet.servers[0].client() as client:
            told = await _say(client, channel, "unit", "Hello")
            await fleet.stub.until(lambda stub: stub.open == 1)
            for worker in psutil.Process(server.pid).children():
                worker.terminate()
            assert await server.stop() == 0
            async with client.get(f"/api/v1/messages/{told['message_id']}") as response:
                assert (await response.json())["status"] == "answered"
    assert fleet.stub.closed_by_client == left


async def test_what_can_t_be_is_said(house: Fleet) -> None:
    await asyncio.gather(
        _refused(house, "'pigeons'", "worker", "--lanes", "turns,pigeons"),
        _refused(house, "auto", "serve", "--workers", "many"),
        _refused(house, "--no-worker", "serve", "--workers", "0"),
        _refused(house, "opposites", "serve", "--workers", "2", "--no-worker"),
    )


async def _refused(fleet: Fleet, told: str, *command: str) -> None:
    with open_folder() as folder:
        member = fleet.member(folder, "wrong", *command)
        with pytest.raises(AssertionError, match="rejoinder: "):
            await member.start()
        assert told in member.told


async def test_a_worker_attaches_to_the_private_postgresql_of_a_server() -> None:
    with open_folder() as top:
        given = {"REJOINDER_DATA": str(top / "data")}
        server = Member(top, "server", "serve", "--no-worker", **given)
        worker = Member(top, "worker", "worker", **given)
        with pytest.raises(AssertionError, match="Start `rejoinder serve`"):
            await worker.start()
        await server.start()
        try:
            await worker.start()
            async with server.client() as client:
                message = {"conversation_id": "c", "text": "How much is shipping?"}
                async with client.post("/api/v1/messages?wait=30", json=message) as response:
                    assert (await response.json())["status"] == "answered"
            assert await worker.stop() == 0
        finally:
            assert await server.stop() == 0
