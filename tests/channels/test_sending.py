"""What every channel promises of sending, on a real server: each answer is told by its right name.

A platform that knows repeats may get a message again whose answer was lost; another is never sent one twice.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web

from rejoinder.channels.pancake import post as pancake
from rejoinder.channels.pancake.token import seal
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Outgoing,
    Receipt,
    Refused,
    Taken,
    Throttled,
    Unsure,
)
from rejoinder.channels.registry import POSTED, knows_repeats
from rejoinder.channels.rest import callback as rest
from rejoinder.channels.rest.secret import SigningSecret, new_secret
from rejoinder.channels.senders import Senders
from rejoinder.db import new_id
from rejoinder.net.guard import outward
from rejoinder.secrets.vault import Vault
from tests.channels.backend import Answer, Backend, listening

KEYS = (b"the installation's secret key...",)
VAULT = Vault(lambda: KEYS)

Aimed = Callable[[str], Outgoing]
"""A message to be sent to that address."""


def outgoing(platform: str, **settings: object) -> Outgoing:
    """A message on its way through a channel with these settings."""
    sealed = {
        "rest": SigningSecret(new_secret()).seal(VAULT),
        "pancake": seal("pancake's token", VAULT),
    }
    return Outgoing(
        delivery_id=new_id(),
        conversation_id=new_id(),
        message_id=new_id(),
        turn_id=new_id(),
        seq=2,
        attempt=1,
        uncounted=0,
        orphaned=False,
        thread_key="thread",
        sender_type="ai",
        kind="text",
        text="Hello",
        content=[],
        metadata={},
        received_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        answers=["m-1"],
        channel_id=new_id(),
        platform=platform,
        settings=settings,  # type: ignore[arg-type]
        credentials=sealed[platform],
        allow_private_networks=True,
        priority=50,
    )


CHANNELS: dict[str, Aimed] = {
    "rest": lambda url: outgoing("rest", callback_url=url),
    "rest that knows no repeats": lambda url: outgoing(
        "rest", callback_url=url, deduplicates=False
    ),
    "pancake": lambda url: outgoing("pancake", base_url=url),
}


@pytest.fixture(params=list(CHANNELS.values()), ids=list(CHANNELS))
def aimed(request: pytest.FixtureRequest) -> Aimed:
    found: Aimed = request.param
    return found


@pytest.fixture
async def senders() -> AsyncIterator[Senders]:
    async with outward() as out:
        yield Senders(out, VAULT)


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    async with listening() as backend:
        yield backend


def test_every_platform_that_is_sent_through_is_tried_here() -> None:
    assert {aim("http://a.example").platform for aim in CHANNELS.values()} == POSTED.keys()


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_taken(aimed: Aimed, senders: Senders, backend: Backend, status: int) -> None:
    assert isinstance(await _sent(aimed, senders, backend, status), Taken)
    assert len(backend.bodies) == 1


async def test_gone_for_ever(aimed: Aimed, senders: Senders, backend: Backend) -> None:
    assert isinstance(await _sent(aimed, senders, backend, 410), Refused)


@pytest.mark.parametrize("status", [503, 302, 408])
async def test_not_taken_now(aimed: Aimed, senders: Senders, backend: Backend, status: int) -> None:
    assert isinstance(await _sent(aimed, senders, backend, status), NotTaken)


async def test_not_taken_before_a_time(aimed: Aimed, senders: Senders, backend: Backend) -> None:
    def busy() -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "70"})

    match await _sent(aimed, senders, backend, busy):
        case NotTaken(_, 70.0):
            pass
        case other:
            raise AssertionError(other)


async def test_throttled(aimed: Aimed, senders: Senders, backend: Backend) -> None:
    def slow_down() -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "7"})

    match await _sent(aimed, senders, backend, slow_down):
        case Throttled(_, 7.0):
            pass
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize("answer", [None, 500, 502, 504])
async def test_taken_or_not_nobody_knows(
    aimed: Aimed, senders: Senders, backend: Backend, answer: Answer
) -> None:
    """It is sent again only where that can't double it."""
    receipt = await _sent(aimed, senders, backend, answer)
    wanted = NotTaken if knows_repeats(aimed(backend.url)) else Unsure
    assert isinstance(receipt, wanted)
    assert len(backend.bodies) == 1


async def test_one_that_takes_it_and_never_answers(
    aimed: Aimed, senders: Senders, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for adapter in (rest, pancake):
        monkeypatch.setattr(adapter, "TIMEOUT_S", 0.5)
    receipt = await _sent(aimed, senders, backend, "silence")
    wanted = NotTaken if knows_repeats(aimed(backend.url)) else Unsure
    assert isinstance(receipt, wanted)
    assert len(backend.bodies) == 1


async def test_what_never_left_is_certainly_not_taken(aimed: Aimed, senders: Senders) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    receipt = await senders.send(aimed(f"http://127.0.0.1:{port}/hook"))
    assert isinstance(receipt, NotTaken)


async def test_an_address_that_is_none(aimed: Aimed, senders: Senders) -> None:
    assert isinstance(await senders.send(aimed("http://[::1/hook")), Refused)


async def test_credentials_that_can_t_be_opened_are_tried_again(
    aimed: Aimed, backend: Backend
) -> None:
    other = (b"another installation's secret key",)
    async with outward() as out:
        senders = Senders(out, Vault(lambda: other))
        assert isinstance(await senders.send(aimed(backend.url)), NotTaken)
    assert backend.bodies == []


async def test_a_channel_that_posts_nowhere_any_more(senders: Senders) -> None:
    for platform in POSTED:
        assert isinstance(await senders.send(outgoing(platform)), Taken)


async def test_where_a_repeat_would_be_another_no_connection_is_kept(
    aimed: Aimed, senders: Senders, backend: Backend
) -> None:
    """One that the other end is just closing would make the next request look unanswered."""
    await _sent(aimed, senders, backend, 200)
    kept = backend.headers[0].get("Connection") != "close"
    assert kept == knows_repeats(aimed(backend.url))


@pytest.mark.parametrize("status", [401, 403])
async def test_rest_a_refused_signature_may_be_a_proxy_s_mistake(
    senders: Senders, backend: Backend, status: int
) -> None:
    receipt = await _sent(CHANNELS["rest"], senders, backend, status)
    assert isinstance(receipt, NotTaken)


async def test_rest_a_receiver_that_slows_down_and_says_not_how_long(
    senders: Senders, backend: Backend
) -> None:
    assert isinstance(await _sent(CHANNELS["rest"], senders, backend, 429), NotTaken)


@pytest.mark.parametrize("status", [401, 403])
async def test_pancake_a_token_that_is_not_accepted(
    senders: Senders, backend: Backend, status: int
) -> None:
    receipt = await _sent(CHANNELS["pancake"], senders, backend, status)
    assert isinstance(receipt, BadCredential)


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_pancake_a_body_that_it_can_t_use(
    senders: Senders, backend: Backend, status: int
) -> None:
    assert isinstance(await _sent(CHANNELS["pancake"], senders, backend, status), Refused)


async def test_pancake_what_is_posted(senders: Senders, backend: Backend) -> None:
    message = replace(
        CHANNELS["pancake"](backend.url),
        metadata={
            "model": "gpt-5-mini",
            "understanding": {
                "intent": "book_appointment",
                "sentiment": "neutral",
                "confidence": 0.95,
                "entities": {"service_type": "medical_checkup"},
            },
            "processing_time_ms": 1234.5,
            "actions": [{"type": "end_conversation", "data": {}}],
        },
    )
    await senders.send(message)
    assert backend.bodies == [
        {
            "conversation_id": "thread",
            "ai_response": {
                "response_text": "Hello",
                "intent": "book_appointment",
                "confidence": 0.95,
                "entities": {"service_type": "medical_checkup"},
                "processing_time_ms": 1234.5,
                "model_used": "gpt-5-mini",
            },
            "actions": [{"type": "end_conversation", "data": {}}],
            "timestamp": 1772366400.0,
            "distributed_lock_id": str(message.turn_id),
        }
    ]
    assert backend.headers[0]["Authorization"] == "Bearer pancake's token"


async def test_pancake_what_is_posted_of_a_message_that_nobody_understood(
    senders: Senders, backend: Backend
) -> None:
    message = replace(CHANNELS["pancake"](backend.url), turn_id=None, credentials=None)
    await senders.send(message)
    posted = backend.bodies[0]
    assert posted["ai_response"]["intent"] is None
    assert posted["ai_response"]["entities"] == {}
    assert posted["actions"] == [{"type": "send_message", "data": {"message": "Hello"}}]
    assert posted["distributed_lock_id"] == str(message.message_id)
    assert "Authorization" not in backend.headers[0]


ANSWERS: dict[str, tuple[bytes, dict[str, object]]] = {
    "an object": (b'{"status": "success", "actions_executed": 2}', {
        "status": "success", "actions_executed": 2}),
    "a long one": (b'{"a": "' + b"x" * 60_000 + b'"}', {"a": "x" * 60_000}),
    "one that is too long": (b'{"a": "' + b"x" * 70_000 + b'"}', {}),
    "a list": (b"[1]", {}),
    "a text": (b'"ok"', {}),
    "no JSON": (b"<html>", {}),
    "nothing": (b"", {}),
    "no number": (b'{"a": NaN}', {}),
    "a half character": (b'{"a": "\\ud800"}', {}),
    "too deep": (b'{"a":' * 500 + b"1" + b"}" * 500, {}),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "kept"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_pancake_what_it_answered_is_kept(
    senders: Senders, backend: Backend, raw: bytes, kept: dict[str, object]
) -> None:
    receipt = await _sent(CHANNELS["pancake"], senders, backend, lambda: web.Response(body=raw))
    assert receipt == Taken({"pancake_result": kept})  # type: ignore[dict-item]


async def _sent(aimed: Aimed, senders: Senders, backend: Backend, answer: Answer) -> Receipt:
    backend.script += [answer]
    return await senders.send(aimed(backend.url))
