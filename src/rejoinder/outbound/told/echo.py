"""A message that left our account comes back to us: one of ours, or one a person wrote in the platform's own app."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from rejoinder.channels.port.event import Echoed
from rejoinder.db import Batch, Database, retry_busy
from rejoinder.outbound import store
from rejoinder.outbound.decide import reported
from rejoinder.outbound.told import store as told
from rejoinder.outbound.told.move import forward
from rejoinder.outbound.told.report import ours
from rejoinder.outbound.told.store import InDoubt

_BY_TEXT = timedelta(minutes=10)
"""So long after an unknown delivery was held its text still tells it; a later one is a person who says the same."""

Whose = Literal["ours", "waits", "stranger"]


async def echo(db: Database, workspace_id: UUID, channel_id: UUID, echoed: Echoed) -> Whose:
    """Whose it is: by the platform's id, else by ours, else by its text.

    `waits` while something of that conversation is being sent, or its fate became unknown within the last 15 s: its
    answer may name this message any moment. One found to be ours settles a delivery of unknown fate.
    """
    return await retry_busy(lambda: _echo(db, workspace_id, channel_id, echoed))


async def _echo(db: Database, workspace_id: UUID, channel_id: UUID, echoed: Echoed) -> Whose:
    given = ours(echoed.delivery_id)
    async with db.read(workspace_id) as read:
        known = await told.known(read, channel_id, echoed.platform_id)
        delivery_id = known[1] if known else None
        if delivery_id is None and given is not None:
            delivery_id = await told.of_channel(read, channel_id, given)
        doubtful = (
            await told.in_doubt(read, channel_id, echoed.thread, _BY_TEXT)
            if delivery_id is None
            else []
        )
    if delivery_id is None:
        delivery_id = next((each.delivery_id for each in doubtful if _same(each, echoed)), None)
    if delivery_id is not None:
        await _settle(db, workspace_id, channel_id, echoed.platform_id, delivery_id)
        return "ours"
    return "waits" if any(each.holds for each in doubtful) else "stranger"


async def _settle(
    db: Database, workspace_id: UUID, channel_id: UUID, platform_id: str, delivery_id: UUID
) -> None:
    async with db.transaction(workspace_id) as tx:
        found = await store.of_id(tx, delivery_id)
        if found is None:
            return
        await store.lock(tx, found.conversation_id)
        await told.link(tx, channel_id, platform_id, delivery_id)
        facts = await told.facts(tx, delivery_id)
        # Who is sending it has an answer in a moment, or loses sight of it and finds the echo.
        if facts.status != "sending" and reported(facts.status, facts.attempts, "sent") == "sent":
            batch = Batch(tx)
            forward(batch, facts, "sent")
            await batch.send()


def _same(one: InDoubt, echoed: Echoed) -> bool:
    """Whether it says the same: platforms change white space at most."""
    text = " ".join(echoed.text.split())
    return bool(text) and text in (_flat(one.text), _flat(_shown(one.content)))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _shown(content: list[JsonValue]) -> str:
    texts = [
        each["text"] for each in content if isinstance(each, dict) and each.get("kind") == "text"
    ]
    return "\n".join(str(text) for text in texts)
