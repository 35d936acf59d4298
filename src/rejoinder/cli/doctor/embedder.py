"""What makes vectors: which model it is, whether it does, and which documents it left without."""

from __future__ import annotations

from rejoinder.app.accounts import accounts
from rejoinder.cli.doctor.report import Finding
from rejoinder.cli.doctor.visit import progress
from rejoinder.db import Database
from rejoinder.errors import ModelError
from rejoinder.knowledge.embedding import store
from rejoinder.llm.embedding import embedder_of
from rejoinder.llm.embedding.choose import choice
from rejoinder.net.http import session
from rejoinder.settings import Settings

NAME = "embedder"
LIMIT_S = 15.0
"""It gets this long for one vector."""


def unasked(settings: Settings) -> Finding:
    """What is told when it is not to be asked. Raises Setup for a name that is none."""
    named = choice(settings.embedder, accounts(settings), settings.model)
    if named is None:
        return Finding(NAME, "ok", "None: search is by words alone (REJOINDER_EMBEDDER).")
    return Finding(NAME, "ok", f"{named.identity}; not asked.")


async def asked(settings: Settings) -> list[Finding]:
    """Ask it for one vector, which costs a token or two. Nothing is booked. Raises Setup."""
    if choice(settings.embedder, accounts(settings), settings.model) is None:
        return [unasked(settings)]
    async with session() as http:
        embedder = embedder_of(settings.embedder, accounts(settings), http, models=settings.model)
        assert embedder is not None, "it was named"
        progress(f"asking {embedder.identity}")
        try:
            (vector,) = await embedder.embed(
                ["ok"], "query", seconds=LIMIT_S, record=lambda _: None
            )
        except ModelError as failed:
            mend = failed.mend or "Search is by words alone until it answers."
            return [Finding(NAME, "warning", failed.detail, mend)]
        finally:
            await embedder.close()
    return [Finding(NAME, "ok", f"{embedder.identity} makes vectors of {len(vector)} numbers.")]


async def documents(settings: Settings, db: Database) -> list[Finding]:
    """Documents that could not be embedded; nothing to say where there is no embedder. Raises Setup."""
    named = choice(settings.embedder, accounts(settings), settings.model)
    if named is None:
        return []
    async with db.maintenance() as maintenance:
        count, error = await store.without(maintenance, named.identity)
    return judge(count, error)


def judge(count: int, error: str) -> list[Finding]:
    """They are found by their words meanwhile."""
    if not count:
        return []
    which = "1 document has" if count == 1 else f"{count} documents have"
    return [
        Finding(
            NAME,
            "warning",
            f"{which} no vectors: {error}",
            "Mend that; they are tried again by themselves, within 6 hours at the latest.",
        )
    ]
