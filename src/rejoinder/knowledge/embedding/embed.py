"""A document's chunks, and a handful of messages, get their vectors. What has one already is not paid for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

from rejoinder.db import Batch, Database
from rejoinder.errors import ModelError, ModelRefused
from rejoinder.knowledge.embedding import store
from rejoinder.knowledge.embedding.store import Claimed
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import MODEL_CALLS, MODEL_SECONDS, MODEL_TOKENS
from rejoinder.usage import store as ledger
from rejoinder.usage.model import Call

if TYPE_CHECKING:
    from rejoinder.llm.embedding.embedder import Embedder

Became: TypeAlias = Literal["embedded", "changed", "failed", "later"]

LEASE = timedelta(minutes=5)
"""Each request renews it, and takes a minute at most."""

PAUSES = (10, 60, 300, 1800, 6 * 3600)
"""Seconds after each failed try; the last one from then on: what is not embedded is still found by its words."""

REFUSED_S = 3600
"""Seconds after which a model that refused is asked again: a key was wrong, or has no quota left."""

LATER_S = 10
"""Seconds until a model is asked that was not asked now: its provider's limits were used up, or it is left alone."""

BATCH = 100
"""Texts a request; see llm.embedding.embedder.BATCH, whose module takes 2 s to import."""

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Means:
    """What is embedded with; `hide` takes personal data out of a message before it leaves."""

    db: Database
    embedder: Embedder
    hide: Callable[[str], str] = str


async def embed_document(means: Means, workspace_id: UUID, document_id: UUID) -> Became | None:
    """Embed the chunks that lack a vector; None where there was nothing to do or somebody does it.

    `changed`: another edition was imported meanwhile, whose own job sees to it. `failed`: the document's row says why
    and when it is tried again. `later`: the model was not asked, the sweep comes back. Raises Unavailable.
    """
    from rejoinder.llm.embedding.embedder import NOT_ASKED

    model = means.embedder.identity
    async with means.db.statement(workspace_id) as tx:
        claimed = await store.claim(tx, document_id, model, LEASE)
    if claimed is None:
        return None
    while True:
        async with means.db.statement(workspace_id) as tx:
            pieces = await store.missing(tx, document_id, model, BATCH)
            if not pieces:
                await store.done(tx, claimed, model)
                return "embedded"
        calls: list[Call] = []
        try:
            vectors = await means.embedder.embed(
                [text_of(claimed.title, heading, body) for _, heading, body in pieces],
                "document",
                seconds=_SECONDS,
                record=calls.append,
            )
        except ModelError as failed:
            if failed.code in NOT_ASKED:
                await _later(means.db, workspace_id, claimed, failed)
                return "later"
            await _failed(means.db, workspace_id, claimed, failed, calls)
            return "failed"
        if not await _keep(
            means, workspace_id, claimed, [at for at, _, _ in pieces], vectors, calls
        ):
            return "changed"


async def embed_messages(means: Means, workspace_id: UUID, message_ids: Sequence[UUID]) -> int:
    """Embed the messages, at most BATCH, in one request; returns how many said something.

    Raises a ModelError, which is booked by then, and Unavailable.
    """
    async with means.db.read(workspace_id) as read:
        found = await store.messages(read, message_ids)
    if not found:
        return 0
    calls: list[Call] = []
    try:
        vectors = await means.embedder.embed(
            [means.hide(text) for _, text in found],
            "document",
            seconds=_SECONDS,
            record=calls.append,
        )
    except ModelError:
        async with means.db.transaction(workspace_id) as tx:
            batch = Batch(tx)
            _book(batch, calls)
            await batch.send()
        raise
    async with means.db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        store.put_messages(batch, means.embedder.identity, found, vectors)
        _book(batch, calls)
        await batch.send()
    return len(found)


def text_of(title: str, heading: str, body: str) -> str:
    """What is embedded of a chunk: where it stands, and what it says."""
    path = " › ".join(part for part in (title, heading) if part)
    return f"{path}\n{body}".strip()


async def _keep(
    means: Means,
    workspace_id: UUID,
    claimed: Claimed,
    positions: Sequence[int],
    vectors: Sequence[Sequence[float]],
    calls: Sequence[Call],
) -> bool:
    """Store what was made and book it; False where the document is another by now."""
    async with means.db.transaction(workspace_id) as tx:
        same = await store.is_same_edition(tx, claimed)
        batch = Batch(tx)
        _book(batch, calls)
        if same:
            store.put(batch, claimed, means.embedder.identity, positions, vectors)
            store.hold(batch, claimed, LEASE)
        await batch.send()
    return same


async def _later(db: Database, workspace_id: UUID, claimed: Claimed, why: ModelError) -> None:
    pause = timedelta(seconds=max(LATER_S, why.retry_after or 0))
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        store.hold(batch, claimed, pause)
        await batch.send()


async def _failed(
    db: Database, workspace_id: UUID, claimed: Claimed, failed: ModelError, calls: Sequence[Call]
) -> None:
    pause = pause_after(claimed.tries, failed)
    log.warning(
        "document_not_embedded",
        document_id=str(claimed.document_id),
        code=failed.code,
        error=str(failed),
        again_in=pause.total_seconds(),
    )
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        store.failed(batch, claimed, str(failed), pause)
        _book(batch, calls)
        await batch.send()


def pause_after(tries: int, failed: ModelError) -> timedelta:
    """How long to wait after `tries` failed ones and this; as long as the model asks for, if that is longer."""
    usual = PAUSES[min(tries, len(PAUSES) - 1)]
    if isinstance(failed, ModelRefused):
        usual = max(usual, REFUSED_S)
    return timedelta(seconds=max(usual, failed.retry_after or 0))


def _book(batch: Batch, calls: Sequence[Call]) -> None:
    ledger.record(batch, contact_id=None, message_id=None, turn_id=None, calls=calls)
    for call in calls:
        MODEL_CALLS.labels(call.provider, call.model, call.outcome).inc()
        MODEL_SECONDS.labels(call.provider, call.model).observe(call.seconds)
        MODEL_TOKENS.labels(call.provider, call.model, "input").inc(call.input_tokens)
