"""`POST /api/v1/enhanced-handle-message`: one message in, its answer and what its receiver said out."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

from rejoinder.api.reference.bodies import EnhancedMessage
from rejoinder.api.reference.result import is_under_way, locked, result
from rejoinder.api.reference.views import EnhancedResult, EnhancedView
from rejoinder.bots.known import Channels
from rejoinder.bots.model import Channel
from rejoinder.db import Database
from rejoinder.errors import Locked, Unavailable
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.receive import receive
from rejoinder.inbound.rest.wait import at_first, await_outcome
from rejoinder.live.bus import Bus
from rejoinder.queue.priority import priority
from rejoinder.turns.outcome import store as outcomes
from rejoinder.turns.outcome.read import Outcome
from rejoinder.turns.outcome.store import Answer

# The longest try of a delivery takes 15 s, the usual one milliseconds; the first retry comes after 5.
_DELIVERY_S = 12.0
_LOOK_AGAIN_S = 2.0

_DELIVERED = frozenset({"delivery.sent", "delivery.failed", "delivery.unknown"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a caller who waits needs; `most` is in seconds."""

    db: Database
    bus: Bus
    channels: Channels
    most: float


async def handle(at: Waiting, workspace_id: UUID, body: EnhancedMessage) -> EnhancedView:
    """Take the message in, stay for the answer and for the end of its delivery.

    Raises NotFound when the workspace has no Pancake channel, and what `receive` raises but Locked.
    """
    began = time.monotonic()
    channel = await at.channels.find(workspace_id, "pancake")
    try:
        told = await _answered(at, workspace_id, channel, body)
    except Locked:
        told = locked(body.message_id)
    return EnhancedView(
        success=told.status != "failed",
        result=told,
        timestamp=time.time(),
        processing_time_ms=round((time.monotonic() - began) * 1000, 1),
    )


async def _answered(
    at: Waiting, workspace_id: UUID, channel: Channel, body: EnhancedMessage
) -> EnhancedResult:
    incoming = _incoming(channel, body)
    received = await receive(at.db, workspace_id, incoming)
    sends = channel.settings.base_url is not None
    try:
        found = await await_outcome(
            at.db,
            at.bus,
            workspace_id,
            received.conversation_id,
            received.message_id,
            at.most,
            since=received.seq if received.turn_id and not received.duplicate else None,
        )
        patience = _DELIVERY_S if channel.pause is None else 0.0
        answer = await _delivered(at, workspace_id, found, patience)
    except Unavailable:  # the message is stored: the caller must not think otherwise
        found, answer = at_first(received, incoming), None
    return result(body.message_id, found, answer, sends=sends)


def _incoming(channel: Channel, body: EnhancedMessage) -> Incoming:
    return Incoming(
        channel_id=channel.channel_id,
        platform="pancake",
        thread_key=body.conversation_id,
        external_id=body.message_id,
        sender_type="customer" if body.sender_type == "user" else body.sender_type,
        sender_id=body.sender_id or body.conversation_id,
        sender_name=None,
        text=body.message_content,
        content=[],
        platform_time=body.timestamp,
        metadata=body.metadata or {},
        waits=True,
        priority=priority(plan=channel.plan),
    )


async def _delivered(
    at: Waiting, workspace_id: UUID, found: Outcome, patience: float
) -> Answer | None:
    """The answer of a turn that has ended, once its deliveries have too, or after `patience` seconds."""
    if found.turn_id is None or found.status == "pending":
        return None
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    with at.bus.watch(found.conversation_id, _DELIVERED) as watch:
        while True:
            async with at.db.read(workspace_id) as read:
                answer = await outcomes.answer(read, found.turn_id, found.answered_by)
            left = until - loop.time()
            done = answer is None or found.answered_by or not is_under_way(answer)
            if done or left <= 0 or at.bus.closing.is_set():
                return answer
            await watch.ring(min(left, _LOOK_AGAIN_S))
