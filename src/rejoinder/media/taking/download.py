"""One try to fetch one file: claim, locate, fetch, judge, scan, keep, write down. Any step may be its last."""

from __future__ import annotations

import asyncio
import random
import tempfile
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import IO, Literal
from uuid import UUID

from rejoinder.db import Batch, Database
from rejoinder.media import store
from rejoinder.media.jobs import download as job
from rejoinder.media.model import Claimed, Gone, Kept, Locate, NotLocated, Transcribe, Transcript
from rejoinder.media.objects import Away, Objects
from rejoinder.media.taking.judge import Refused, judge
from rejoinder.media.taking.scan import NotScanned, Scanner
from rejoinder.net.fetch import Fetched, NeverFetched, NotFetched, Unwanted, fetch
from rejoinder.net.guard import Outward
from rejoinder.queue.jobs import enqueue
from rejoinder.queue.taking.hold import holding
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import MEDIA, MEDIA_BYTES
from rejoinder.usage import store as ledger

LEASE = timedelta(seconds=30)
"""A worker that has not renewed its claim for so long is dead; it renews three times as often."""

_RENEW_S = LEASE.total_seconds() / 3

_TRY_S = 600.0
"""One try in all: a limit on what the limits of its steps leave open."""

_FETCH_S = 180.0

PAUSES = (5, 20, 80, 320, 1280, 3600, 4 * 3600)
"""Seconds after each failed try; after the last try it has failed. Meta's ids are good for 7 days, LINE's for fewer."""

_TRIES = len(PAUSES) + 1

_LONGEST_ASKED_S = 3600.0

_LONGEST_HEARD = 24 * 1024 * 1024
"""OpenAI transcribes files up to 25 MB (OpenAI, "Speech to text")."""


@dataclass(frozen=True, slots=True)
class Means:
    """What files are fetched and kept with; `limits` are bytes, by kind."""

    db: Database
    out: Outward
    objects: Objects
    locate: Locate
    limits: Mapping[str, int]
    scan: Scanner | None = None
    transcribe: Transcribe | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    kept: Kept
    transcript: Transcript | None = None


class _Wrong(NotFetched):
    """It came, and is not what was promised."""


async def download(means: Means, workspace_id: UUID, media_id: UUID) -> str | None:
    """Try once; what became of it: `ready`, `refused`, `failed`, `again`, None where there was nothing to do.

    A second worker finds it claimed, and one that comes after a crash begins anew. Raises Unavailable.
    """
    async with means.db.statement(workspace_id) as tx:
        claimed = await store.claim(tx, media_id, LEASE)
    if claimed is None:
        return None
    if claimed.attempt > _TRIES:
        why = (
            f"{_TRIES} tries were begun and not all of them ended: the workers that made them died"
        )
        return await _end(means.db, claimed, "failed", why)
    try:
        async with (
            asyncio.timeout(_TRY_S),
            holding(f"media-{media_id}", _RENEW_S, partial(_renew, means.db, claimed)),
        ):
            taken = await _take(means, claimed)
    except Refused as refused:
        return await _end(means.db, claimed, "refused", refused.detail)
    except Unwanted as unwanted:
        return await _end(means.db, claimed, "refused", str(unwanted))
    except (NeverFetched, Gone) as gone:
        return await _end(means.db, claimed, "failed", str(gone))
    except (NotFetched, NotLocated, NotScanned, Away, OSError, TimeoutError) as failed:
        return await _later(means.db, claimed, failed)
    return await _ready(means.db, claimed, taken)


async def _take(means: Means, claimed: Claimed) -> _Taken:
    most = means.limits[claimed.kind]
    size = claimed.source.get("size")
    if isinstance(size, int) and size > most:
        raise Unwanted(f"it is larger than {most:,} bytes")
    at = await means.locate(claimed.workspace_id, claimed.channel_id, claimed.source)
    with draft(means.scan) as file:
        fetched = await fetch(
            means.out,
            at.url,
            file.write,
            most=most,
            seconds=_FETCH_S,
            headers=at.headers,
            hosts=at.hosts,
            allow_private=at.allow_private,
        )
        _compare(claimed, fetched)
        told = (claimed.told_type or fetched.told_type, claimed.filename)
        kept = await keep(means.objects, means.scan, claimed.key, claimed.kind, told, file, fetched)
        return _Taken(kept, await _heard(means, claimed, kept, file))


async def keep(
    objects: Objects,
    scan: Scanner | None,
    key: str,
    kind: str,
    told: tuple[str | None, str | None],
    file: IO[bytes],
    fetched: Fetched,
) -> Kept:
    """Judge and scan a file that is here whole, and put it into the store; `told` are its type and name.

    Raises Refused, NotScanned or Away.
    """
    mime_type = await asyncio.to_thread(judge, kind, *told, file)
    if scan is not None:
        await scan(file)
    await objects.put(key, file)
    MEDIA_BYTES.inc(fetched.size)
    return Kept(key, fetched.size, fetched.sha256, mime_type)


def draft(scan: Scanner | None) -> IO[bytes]:
    """Where it lies until it is kept: a file without a name, gone with the process, unless a scanner needs the name."""
    if scan is not None and scan.by_name:
        return tempfile.NamedTemporaryFile(prefix="rejoinder-media-")
    return tempfile.TemporaryFile()


def _compare(claimed: Claimed, fetched: Fetched) -> None:
    promised = claimed.source.get("sha256")
    if isinstance(promised, str) and _digest(promised) not in (None, fetched.sha256):
        raise _Wrong("its SHA-256 is not the one that was told")


def _digest(told: str) -> bytes | None:
    """Meta writes it in base64 in webhooks and in hexadecimal elsewhere; what is neither says nothing."""
    for read in (bytes.fromhex, b64decode):
        with suppress(ValueError):
            if len(digest := read(told)) == 32:
                return digest
    return None


async def _heard(means: Means, claimed: Claimed, kept: Kept, file: IO[bytes]) -> Transcript | None:
    if claimed.kind != "audio" or not claimed.from_customer or means.transcribe is None:
        return None
    if kept.size > _LONGEST_HEARD:
        return None
    file.seek(0)
    return await means.transcribe(claimed, file.read(), kept.mime_type)


async def _renew(db: Database, claimed: Claimed) -> None:
    """Should the claim be lost, what is fetched is thrown away when it is written down."""
    async with db.statement(claimed.workspace_id) as tx:
        await store.hold(tx, claimed, LEASE)


async def _ready(db: Database, claimed: Claimed, taken: _Taken) -> str:
    heard = taken.transcript
    async with db.transaction(claimed.workspace_id) as tx:
        batch = Batch(tx)
        store.ready(batch, claimed, taken.kept, heard.text if heard else None)
        if heard and claimed.contact_id is not None:
            ledger.record(
                batch,
                contact_id=claimed.contact_id,
                message_id=claimed.message_id,
                turn_id=None,
                calls=[heard.call],
            )
        await batch.send()
    MEDIA.labels(claimed.kind, "ready").inc()
    return "ready"


async def _end(
    db: Database, claimed: Claimed, state: Literal["refused", "failed"], why: str
) -> str:
    async with db.transaction(claimed.workspace_id) as tx:
        batch = Batch(tx)
        store.end(batch, claimed, state, why)
        await batch.send()
    log.warning("media_not_kept", media_id=str(claimed.media_id), state=state, why=why)
    MEDIA.labels(claimed.kind, state).inc()
    return state


async def _later(db: Database, claimed: Claimed, failed: Exception) -> str:
    # An operating system's words may hold a path of this machine.
    why = type(failed).__name__ if isinstance(failed, OSError) else str(failed)
    pause = pause_after(claimed.attempt, random.random(), getattr(failed, "again_in", None))  # noqa: S311
    if pause is None:
        return await _end(db, claimed, "failed", why)
    async with db.transaction(claimed.workspace_id) as tx:
        batch = Batch(tx)
        store.again(batch, claimed, pause, why)
        # A little later than the row is due: a job that comes too early finds nothing to do.
        enqueue(
            batch, [job(claimed.workspace_id, claimed.media_id, pause + timedelta(seconds=0.1))]
        )
        await batch.send()
    log.info("media_again", media_id=str(claimed.media_id), attempt=claimed.attempt, why=why)
    MEDIA.labels(claimed.kind, "again").inc()
    return "again"


def pause_after(attempt: int, jitter: float, asked: float | None) -> timedelta | None:
    """How long to wait after the failed `attempt` (the first is 1), None for no further one.

    `jitter`, 0 to 1, adds up to a fifth, so that what failed together does not come back together; `asked` are seconds
    the server wants, an hour of which are granted.
    """
    if attempt > len(PAUSES):
        return None
    wanted = min(asked or 0.0, _LONGEST_ASKED_S)
    return timedelta(seconds=max(PAUSES[attempt - 1], wanted) * (1 + jitter / 5))
