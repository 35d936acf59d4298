"""What a conversation has to send leaves, one after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg

from rejoinder.channels.port.outgoing import NotTaken, Outgoing, Receipt, Unsure, WindowClosed
from rejoinder.channels.registry import knows_repeats, platform
from rejoinder.db import Database, retry_busy
from rejoinder.outbound import store
from rejoinder.outbound.alarm import job
from rejoinder.outbound.decide import Again, Failed, Next, Sent, Unknown, after
from rejoinder.outbound.sending.settle import settle
from rejoinder.outbound.sending.window import fitted, may_be_template
from rejoinder.telemetry import logs

__all__ = ["Send", "deliver", "job"]

Send = Callable[[Outgoing], Awaitable[Receipt]]

PATIENCE = timedelta(seconds=20)
"""A sender that has not said by then what came of it is taken for dead: the longest send takes 18 s."""


Admit = Callable[[], Awaitable[bool]]
"""Waits until the next message may leave; False when that takes long, and a job will say so."""


async def at_once() -> bool:
    """For platforms that take whatever comes."""
    return True


async def deliver(
    db: Database,
    send: Send,
    workspace_id: UUID,
    conversation_id: UUID,
    admit: Admit = at_once,
) -> None:
    """Send until nothing is due or another sends. Raises Unavailable when the database is away.

    Cancelling it puts the delivery in hand back into the queue, or, where its platform would take it a second time for
    another, with those of unknown fate.
    """
    while await admit():
        outgoing = await retry_busy(lambda: _claim(db, workspace_id, conversation_id))
        if outgoing is None:
            return
        try:
            what = await _try(send, outgoing)
        except asyncio.CancelledError:
            await asyncio.shield(settle(db, workspace_id, outgoing, _stopped(outgoing)))
            raise
        settling = asyncio.ensure_future(settle(db, workspace_id, outgoing, what))
        try:
            await asyncio.shield(settling)
        except asyncio.CancelledError:  # what is known of it must not get lost
            await settling
            raise


async def _claim(db: Database, workspace_id: UUID, conversation_id: UUID) -> Outgoing | None:
    try:
        async with db.statement(workspace_id) as tx:
            return await store.claim(tx, conversation_id, PATIENCE)
    except asyncpg.UniqueViolationError:  # another of this conversation is being sent
        return None


async def _try(send: Send, outgoing: Outgoing) -> Next:
    repeats = knows_repeats(outgoing)
    if outgoing.orphaned and not repeats:
        return Unknown("who was sending it died or stalled before it said what came of it")
    adapter = platform(outgoing.platform)
    fits = outgoing if adapter is None else fitted(outgoing, adapter.limits)
    if isinstance(fits, WindowClosed):
        return Failed(fits.error)
    what = await _send(send, fits, repeats=repeats)
    return replace(what, as_template=True) if isinstance(what, Sent) and fits.as_template else what


async def _send(send: Send, outgoing: Outgoing, *, repeats: bool) -> Next:
    try:
        receipt = await send(outgoing)
    except Exception as error:  # noqa: BLE001 - logged; it is tried again, or a person looks
        logs.log.exception("send_raised", delivery_id=str(outgoing.delivery_id))
        told = f"sending failed here ({type(error).__name__})"
        receipt = NotTaken(told) if repeats else Unsure(told)
    tries = outgoing.attempt - outgoing.uncounted
    template = may_be_template(outgoing)
    dice = random.random()  # noqa: S311
    return after(receipt, tries, dice, template=template, uncounted=outgoing.uncounted)


def _stopped(outgoing: Outgoing) -> Next:
    if knows_repeats(outgoing):
        return Again(timedelta(0), "the worker stopped")
    return Unknown("the worker stopped while it was sending it")
