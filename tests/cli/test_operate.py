"""What the operator's commands print and do, as processes on a database of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from rejoinder.cli.serve.worker import lanes_of
from rejoinder.db import new_id
from rejoinder.errors import Setup
from rejoinder.queue.lanes import LANES
from tests.cli.conftest import SECRET, Ended, Run, refused
from tests.test_constraints import House, furnish


@pytest.fixture
async def house(schema_url: str, run: Run) -> AsyncIterator[House]:
    """A migrated schema with one furnished workspace."""
    ended = await run("migrate", DATABASE_URL=schema_url, REJOINDER_SECRET_KEY=SECRET)
    assert ended.code == 0, ended.err
    connection = await asyncpg.connect(schema_url)
    workspace_id = new_id()
    await connection.execute(
        "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, 'shop', 'Shop')",
        workspace_id,
    )
    yield await furnish(connection, workspace_id)
    await connection.close()


async def ran(run: Run, schema_url: str, *arguments: str, code: int = 0) -> Ended:
    ended = await run(*arguments, DATABASE_URL=schema_url, REJOINDER_SECRET_KEY=SECRET)
    assert ended.code == code, ended
    return ended


async def letter(house: House) -> str:
    """A failed turn's open dead letter."""
    turn = house.turn("failed")
    await house.add("turns", turn)
    await house.add("messages", house.message(turn_id=turn["turn_id"], seq=len(str(turn))))
    dead_letter_id = new_id()
    await house.add(
        "dead_letters",
        {
            "dead_letter_id": dead_letter_id,
            "kind": "turn",
            "subject_id": turn["turn_id"],
            "conversation_id": house.conversation_id,
            "error": "no model\nanswered",
            "attempts": 3,
        },
    )
    return str(dead_letter_id)


async def test_the_lanes_are_a_table(run: Run, schema_url: str, house: House) -> None:
    await house.add("turns", house.turn("waiting"))
    ended = await ran(run, schema_url, "queues")
    rows = {
        line.split()[0]: line.split()[1:] for line in ended.out.splitlines()[3:] if line.strip()
    }
    assert list(rows) == [lane.name for lane in LANES]
    assert rows["turns"][:5] == ["1", "0", "0", "0", "0"]
    assert "5000" in rows["turns"]
    assert "ai_response_queue," in rows["turns"]


async def test_cleanup_says_what_went(run: Run, schema_url: str, house: House) -> None:
    await house.connection.execute(
        """INSERT INTO events (workspace_id, conversation_id, seq, event_type, created_at)
           SELECT $1, $2, n, 'x', now() - n * interval '60 days' FROM generate_series(1, 3) n""",
        house.workspace_id,
        house.conversation_id,
    )
    ended = await ran(run, schema_url, "cleanup")
    told = dict(line.rsplit(None, 1) for line in ended.out.splitlines())
    assert {name.strip(): number for name, number in told.items()} == {
        "log lines of finished jobs": "0",
        "failed jobs": "0",
        "prompts and their answers": "0",
        "explanations": "0",
        "events": "2",
        "closed conversations": "0",
        "resolved dead letters": "0",
    }


async def test_dead_letters_are_listed_shown_and_put_away(
    run: Run, schema_url: str, house: House
) -> None:
    assert "no dead letters" in (await ran(run, schema_url, "dead-letters", "list")).out
    named = await letter(house)
    (line,) = (await ran(run, schema_url, "dead-letters", "list")).out.splitlines()
    assert line.startswith(named)
    assert line.endswith("shop  turn  no model answered")
    assert (
        "no dead letters"
        in (await ran(run, schema_url, "dead-letters", "list", "--kind", "delivery")).out
    )
    shown = (await ran(run, schema_url, "dead-letters", "show", named)).out
    assert str(house.workspace_id) in shown
    done = await ran(run, schema_url, "dead-letters", "discard", named)
    assert done.out == f"{named}  discarded\n"
    again = await ran(run, schema_url, "dead-letters", "discard", named, str(uuid4()), code=1)
    assert again.out.count("refused") == 2


async def test_all_dead_letters_are_replayed_at_once(
    run: Run, schema_url: str, house: House
) -> None:
    named = await letter(house)
    done = await ran(run, schema_url, "dead-letters", "replay", "--all", "--kind", "turn")
    assert done.out == f"{named}  replayed\n"
    row = await house.connection.fetchrow("SELECT resolution, resolved_by FROM dead_letters")
    assert row is not None
    assert tuple(row) == ("replayed", "the command line")
    assert (
        await house.connection.fetchval("SELECT count(*) FROM turns WHERE state = 'waiting'") == 1
    )


@pytest.mark.parametrize("arguments", [(), ("--all", str(uuid4())), ("no-id",)])
async def test_a_command_that_names_none_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    ended = await run("dead-letters", "replay", *arguments)
    assert ended.code == 2
    assert "Usage" in ended.err


async def test_a_dead_letter_that_is_gone_is_told(run: Run, schema_url: str, house: House) -> None:
    gone = str(uuid4())
    ended = await run(
        "dead-letters", "show", gone, DATABASE_URL=schema_url, REJOINDER_SECRET_KEY=SECRET
    )
    refused(ended, gone)


@pytest.mark.parametrize("command", ["queues", "cleanup", "dead-letters list"])
async def test_without_a_database_it_is_told(run: Run, tmp_path: Path, command: str) -> None:
    refused(await run(*command.split()))
    assert not (tmp_path / "data").exists()


def test_lanes_are_named_by_name_or_alias() -> None:
    assert lanes_of("turns, low_priority") == {"turns", "bulk"}
    assert lanes_of("deliver") == {lane.name for lane in LANES if lane.name.startswith("deliver.")}
    assert lanes_of(None) == {lane.name for lane in LANES}
    with pytest.raises(Setup, match=r"no lane 'bluk'\. The nearest is 'bulk'"):
        lanes_of("turns,bluk")
    with pytest.raises(Setup, match="no lane ''"):
        lanes_of("")
