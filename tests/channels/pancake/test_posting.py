"""A reply goes to Pancake and its answer comes back into the message; whoever waits for that is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from rejoinder.channels.pancake import post
from rejoinder.outbound.sending.settle import ENDED
from rejoinder.outbound.upkeep import reconcile
from rejoinder.worker import Work
from tests.channels.backend import Answer, Backend
from tests.eventually import eventually
from tests.scenarios.shop import Shop

REPLIES = """
SELECT d.status, m.metadata -> 'pancake_result' AS result FROM deliveries d
JOIN messages m ON m.workspace_id = d.workspace_id AND m.message_id = d.message_id
WHERE d.workspace_id = $1 ORDER BY d.seq
"""


async def test_a_reply_is_posted_and_the_answer_kept(
    shop: Shop, work: Work, backend: Backend
) -> None:
    answer = {"status": "success", "actions_executed": 1}
    assert await _ended(shop, backend, lambda: web.json_response(answer)) == ("sent", answer)
    posted = backend.bodies[0]
    assert posted["conversation_id"] == "thread"
    assert posted["ai_response"]["response_text"] == "Read: Hello"


ENDS: dict[str, tuple[Answer, tuple[str, Any]]] = {
    "nothing but a status": (204, ("sent", {})),
    "what can't be stored": (lambda: web.Response(body=b'{"a": "\\u0000"}'), ("sent", {})),
    "refused": (400, ("failed", None)),
    "silence": ("silence", ("unknown", None)),
}


@pytest.mark.parametrize(("answer", "ended"), ENDS.values(), ids=ENDS.keys())
async def test_whoever_waits_is_told_how_it_ended(
    shop: Shop,
    work: Work,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    ended: tuple[str, Any],
) -> None:
    monkeypatch.setattr(post, "TIMEOUT_S", 0.5)
    assert await _ended(shop, backend, answer) == ended
    assert len(backend.bodies) == 1


async def test_what_was_never_answered_is_not_posted_again(
    shop: Shop, work: Work, backend: Backend
) -> None:
    assert await _ended(shop, backend, None) == ("unknown", None)
    await shop.sql(
        """UPDATE deliveries SET held_until = clock_timestamp() - interval '1 minute'
           WHERE workspace_id = $1 AND status = 'unknown'"""
    )
    await reconcile.sweep(shop.db, timedelta(0))
    assert (await _ended(shop, backend, 200, "Are you there?"))[0] == "unknown"
    texts = [body["ai_response"]["response_text"] for body in backend.bodies]
    assert texts == ["Read: Hello", "Read: Are you there?"]


async def test_a_token_that_is_not_accepted_stops_the_channel(
    shop: Shop, work: Work, backend: Backend
) -> None:
    backend.script += [401]
    await shop.says("Hello")
    await backend.called(1)

    async def paused() -> bool:
        found = await shop.sql(
            "SELECT true FROM channels WHERE workspace_id = $1 AND paused_until = 'infinity'"
        )
        return bool(found)

    await eventually(paused)
    await shop.outcome(await shop.says("Hello?", thread="another", customer="another"))
    assert [row["status"] for row in await shop.sql(REPLIES)] == ["queued", "queued"]
    assert len(backend.bodies) == 1


async def test_a_channel_without_an_address_sends_nothing(
    shop: Shop, work: Work, backend: Backend
) -> None:
    await shop.sql("UPDATE channels SET settings = '{}' WHERE workspace_id = $1")
    await shop.outcome(await shop.says("Hello"))
    assert [row["status"] for row in await shop.sql(REPLIES)] == ["sent"]
    assert backend.bodies == []


async def _ended(
    shop: Shop, backend: Backend, answer: Answer, text: str = "Hello"
) -> tuple[str, Any]:
    """Say something, and wait for the bell of the delivery's end, without looking in between; the first one's end."""
    backend.script += [answer]
    said = await shop.says(text)
    with shop.bus.watch(said.conversation_id, frozenset({ENDED}), since=said.seq) as watch:
        assert await watch.ring(15)
    row = (await shop.sql(REPLIES))[0]
    return row["status"], row["result"]
