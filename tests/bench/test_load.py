"""The load generator against a server of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic_core import from_json

from rejoinder.bench.load import Load, is_merged, load, what_is_wrong

ANSWERED = b'{"status": "answered", "replies": [{"text": "Hi"}]}'
MERGED = b'{"status": "merged", "replies": []}'


class Platform:
    """Answers each message as the test says, and remembers what came."""

    def __init__(self) -> None:
        self.threads: list[str] = []
        self.open = 0
        self.most_open = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.status = 202
        self.merges = set[str]()

    async def answer(self, request: web.BaseRequest) -> web.Response:
        body = from_json(await request.read())
        assert request.headers["Authorization"] == "Bearer secret"
        assert body["text"]
        self.threads.append(body["conversation_id"])
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        if self.open == 5:
            self.gate.set()
        await self.gate.wait()
        self.open -= 1
        status = 200 if self.status == 202 and "wait" in request.query else self.status
        merged = body["message_id"] in self.merges
        return web.Response(status=status, body=MERGED if merged else ANSWERED)


@pytest.fixture
async def platform() -> Platform:
    return Platform()


@pytest.fixture
async def caller(platform: Platform) -> AsyncIterator[Load]:
    runner = web.ServerRunner(web.Server(platform.answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with load(f"http://{host}:{port}", "secret") as caller:
        yield caller
    await runner.cleanup()


async def test_an_open_loop_does_not_wait_for_answers(platform: Platform, caller: Load) -> None:
    platform.gate.clear()  # opens only when five are unanswered at once
    stretch = caller.stretch("open", wait=False)
    await stretch.open_loop([0.0, 0.001, 0.002, 0.003, 0.004])
    assert platform.most_open == 5
    assert sorted(platform.threads) == sorted(stretch.threads)
    assert len(set(stretch.threads)) == 5
    assert not stretch.refusals
    assert all(each.due <= each.sent <= each.done for each in stretch.samples)


async def test_a_closed_loop_never_has_more_than_its_callers_open(
    platform: Platform, caller: Load
) -> None:
    stretch = caller.stretch("closed", wait=True)
    await stretch.closed_loop(3, 0.05)
    assert 1 <= platform.most_open <= 3
    assert len(stretch.samples) == len(set(platform.threads)) >= 3
    assert not stretch.refusals


async def test_callers_send_a_number_of_messages_together(platform: Platform, caller: Load) -> None:
    stretch = caller.stretch("number", wait=False)
    await stretch.in_all(3, 7)
    assert len(set(platform.threads)) == len(stretch.samples) == 7
    assert 1 <= platform.most_open <= 3


async def test_a_conversation_is_written_to_twice(platform: Platform, caller: Load) -> None:
    stretch = caller.stretch("twice", wait=True)
    platform.merges.add(f"{stretch.prefix}1")
    between: list[int] = []

    async def look() -> None:
        between.append(len(platform.threads))

    merged = await stretch.twice([0.0, 0.001, 0.002], look)
    assert merged == {f"{stretch.prefix}1"}
    assert len(stretch.threads) == len(set(stretch.threads)) == 3
    assert sorted(platform.threads) == sorted([*stretch.threads, *stretch.threads])
    assert between[0] <= 3
    assert not stretch.refusals


async def test_only_the_first_of_two_messages_may_be_merged(
    platform: Platform, caller: Load
) -> None:
    async def at_once() -> None:
        return

    stretch = caller.stretch("merged", wait=True)
    platform.merges.add(f"{stretch.prefix}0-again")
    assert await stretch.twice([0.0], at_once) == set()
    assert stretch.refusals == {"HTTP 200, merged, 0 replies": 1}


@pytest.mark.parametrize(
    ("status", "body", "merged"),
    [
        (200, MERGED, True),
        (200, ANSWERED, False),
        (202, MERGED, False),
        (200, b"oops", False),
        (200, b"[]", False),
        (200, b"{}", False),
    ],
)
def test_only_a_merged_message_is_one(status: int, body: bytes, merged: bool) -> None:
    assert is_merged(status, body) is merged


async def test_stretches_share_no_thread(platform: Platform, caller: Load) -> None:
    for _ in range(2):
        await caller.stretch("same", wait=False).open_loop([0.0, 0.0])
    assert len(set(platform.threads)) == 4


async def test_what_was_refused_is_counted_by_what_came(platform: Platform, caller: Load) -> None:
    platform.status = 503
    stretch = caller.stretch("refused", wait=False)
    await stretch.open_loop([0.0, 0.0])
    assert list(stretch.refusals.values()) == [2]
    assert next(iter(stretch.refusals)).startswith("HTTP 503")


@pytest.mark.parametrize(
    ("expected", "status", "body", "wrong"),
    [
        (202, 202, b"", ""),
        (200, 200, ANSWERED, ""),
        (202, 500, b"oops", "HTTP 500, not our JSON"),
        (202, 500, b"[]", "HTTP 500, not our JSON"),
        (202, 200, ANSWERED, ""),
        (200, 202, b'{"status": "pending", "replies": []}', "HTTP 202, pending, 0 replies"),
        (200, 503, b'{"status": 503, "code": "unavailable"}', "HTTP 503, unavailable, 0 replies"),
        (
            202,
            503,
            b'{"status": 503, "code": "unavailable", "detail": "PostgreSQL is away."}',
            "HTTP 503, unavailable, 0 replies: PostgreSQL is away.",
        ),
        (200, 200, b'{"status": "answered", "replies": [1, 2]}', "HTTP 200, answered, 2 replies"),
        (200, 200, b'{"status": "failed", "replies": [1]}', "HTTP 200, failed, 1 replies"),
    ],
)
def test_only_the_answer_that_was_due_will_do(
    expected: int, status: int, body: bytes, wrong: str
) -> None:
    assert what_is_wrong(expected, status, body) == wrong
