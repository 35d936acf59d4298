"""`rejoinder eval knowledge`: recall of the search, by words alone and with vectors, and what `local` makes of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import typer
from pydantic import ValidationError

from rejoinder.app.accounts import accounts
from rejoinder.app.database import bring_forward
from rejoinder.app.sample import sample
from rejoinder.cli.operate.database import database
from rejoinder.cli.operate.workspace import workspace as workspace_of
from rejoinder.cli.run import run_async
from rejoinder.cli.scratch import scratch_postgres
from rejoinder.db import Batch, Database, connect
from rejoinder.errors import Setup
from rejoinder.knowledge import documents
from rejoinder.knowledge.embedding.embed import Means, embed_document
from rejoinder.knowledge.evaluate import Question, Report, evaluate, fixed, parse
from rejoinder.knowledge.searching.installed import Installed
from rejoinder.knowledge.searching.meaning import Meaning
from rejoinder.llm.embedding import embedder_of
from rejoinder.net.http import session
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure
from rejoinder.usage import store as ledger
from rejoinder.usage.model import Call

_SECONDS = 10.0  # nobody waits: a slow answer must not count as a bad one


def run_eval_knowledge(file: Path | None, workspace: str | None, *, in_json: bool) -> None:
    """Print the report. Raises Setup for a file that can't be read and a workspace that is not there."""
    settings = load()
    configure("warning", settings.log_format)
    questions = fixed() if file is None else _read(file)
    run_async(_evaluate(settings, questions, workspace, in_json=in_json))


def _read(file: Path) -> list[Question]:
    try:
        found = parse(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as unread:
        raise Setup(f"{file} can't be read: {unread}.", mend="Name a file of JSON lines.") from None
    except ValidationError as wrong:
        told = wrong.errors(include_url=False)[0]
        raise Setup(
            f"{file} holds a line that is no question: {told['msg']}.",
            mend='Write {"language": "en", "question": "…", "document": "returns.md"} on each line.',
        ) from None
    if not found:
        raise Setup(f"{file} holds no question.", mend="Write one on each line.")
    return found


async def _evaluate(
    settings: Settings, questions: list[Question], workspace: str | None, *, in_json: bool
) -> None:
    async with AsyncExitStack() as stack:
        db, workspace_id = await stack.enter_async_context(_place(settings, workspace))
        async with db.read(workspace_id) as read:
            words = await evaluate(read, questions)
        http = await stack.enter_async_context(session())
        embedder = embedder_of(settings.embedder, accounts(settings), http, models=settings.model)
        both = None
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        if embedder is not None and not await Installed(db).yes():
            typer.echo("Without the extension vector search is by words alone.", err=True)
            embedder = None
        if embedder is not None:
            means = Means(db, embedder)
            async with db.read(workspace_id) as read:
                held = await documents(read)
            for each in held:
                await embed_document(means, workspace_id, each.document_id)
            meaning, calls = Meaning(db, embedder, seconds=_SECONDS), list[Call]()
            async with db.read(workspace_id) as read:
                both = await evaluate(read, questions, meaning, calls.append)
            await _book(db, workspace_id, calls)
        name = embedder.identity if embedder else None
    typer.echo(_json(words, both, name) if in_json else "\n".join(_lines(words, both, name)))


async def _book(db: Database, workspace_id: UUID, calls: list[Call]) -> None:
    if not calls:
        return
    booked = [replace(call, purpose="evaluate") for call in calls]
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        ledger.record(batch, contact_id=None, message_id=None, turn_id=None, calls=booked)
        await batch.send()


@asynccontextmanager
async def _place(settings: Settings, workspace: str | None) -> AsyncIterator[tuple[Database, UUID]]:
    if workspace is not None:
        async with database(settings, "rejoinder eval") as db:
            yield db, await workspace_of(db, workspace)
        return
    async with scratch_postgres() as dsn:
        await bring_forward(dsn)
        db = await connect(dsn)
        try:
            yield db, (await sample(db)).workspace_id
        finally:
            await db.close()


def _lines(words: Report, both: Report | None, embedder: str | None) -> list[str]:
    if both is None:
        return words.lines()
    return ["by words", *words.lines(), "", f"by words and meaning ({embedder})", *both.lines()]


def _json(words: Report, both: Report | None, embedder: str | None) -> str:
    return json.dumps(
        {
            "words": _figures(words),
            "hybrid": _figures(both) if both else None,
            "embedder": embedder,
        }
    )


def _figures(report: Report) -> dict[str, dict[str, float]]:
    return {name or "all": report.figures(name) for name in ["", *report.languages]}
