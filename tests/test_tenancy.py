"""Every tenant's rows are reached through its workspace: in every statement, key and reference."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rejoinder.db import Database
from tests.statements import SOURCE, begins_a_statement, statements, stores, texts, unbound

# Statements that look across workspaces on purpose.
ACROSS = {
    "rejoinder.knowledge.embedding.store.OVERDUE": "documents without vectors are found by time, whosever they are",
    "rejoinder.knowledge.embedding.store.WITHOUT": "counts the installation's",
    "rejoinder.knowledge.embedding.store.FORGOTTEN": "messages without vectors are found by time, whosever they are",
    "rejoinder.workspaces.store.CALLER_BY_HASH": "a token's hash is all there is: it tells the workspace",
    "rejoinder.turns.upkeep.store.LOST": "a dead worker's turns are found by its number, whosever they are",
    "rejoinder.turns.upkeep.store.OVERDUE": "forgotten turns are found by time, whosever they are",
    "rejoinder.outbound.upkeep.store.OVERDUE": "forgotten deliveries are found by time, whosever they are",
    "rejoinder.outbound.upkeep.store.OVER": "pauses that are over are found by time, whosever they are",
    "rejoinder.outbound.upkeep.store.PAUSED": "counts the installation's paused channels",
    "rejoinder.inbound.intake.store.OF_ALL": "the operator's command lists the installation's",
    "rejoinder.inbound.intake.store.WORKSPACE_OF": "the operator's command finds the workspace by the id",
    "rejoinder.inbound.intake.store.OVERDUE": "forgotten webhooks are found by time, whosever they are",
    "rejoinder.inbound.intake.store.FORGET": "what is old goes, whosever it is",
    "rejoinder.inbound.intake.store.COUNTS": "counts the installation's",
    "rejoinder.bots.store.SEALED": "what a secret key has sealed is sealed anew for the whole installation",
    "rejoinder.cli.doctor.store.TURNS": "counts the installation's overdue turns",
    "rejoinder.cli.doctor.store.STUCK": "counts what waits for a person in the whole installation",
    "rejoinder.cli.doctor.store.DELIVERIES": "counts the installation's overdue deliveries",
    "rejoinder.turns.upkeep.retention.store.FORGET_EVENTS": "what is old goes, whosever it is",
    "rejoinder.turns.upkeep.retention.store.FORGET_PROMPTS": "what is old goes, whosever it is",
    "rejoinder.turns.upkeep.retention.store.FORGET_EXPLANATIONS": "what is old goes, whosever it is",
    "rejoinder.turns.upkeep.retention.store.FORGET_DEAD_LETTERS": "what is old goes, whosever it is",
    "rejoinder.turns.upkeep.retention.store.FORGET_CHANNEL_LOG": "what is old goes, whosever it is",
    "rejoinder.turns.upkeep.retention.store.FORGET_STRAYS": "what is old goes, whosever it is",
    "rejoinder.turns.upkeep.retention.store.FORGET_CLOSED": "what is old goes, whosever it is",
    "rejoinder.media.store.OVERDUE": "forgotten files are found by time, whosever they are",
    "rejoinder.knowledge.importing.websites.store.OVERDUE": "due websites are found by time, whosever they are",
    "rejoinder.media.store.FORGET": "what is old goes, whosever it is",
    "rejoinder.queue.dead_letters.store.WORKSPACE_OF": "the operator's command finds the workspace by the id",
    "rejoinder.api.work.store.TURNS_OF_ALL": "the operator's command counts the installation's",
    "rejoinder.api.work.store.DELIVERIES_OF_ALL": "the operator's command counts the installation's",
    "rejoinder.turns.upkeep.store.FORGET_WORKERS": "workers are the installation's; one with a turn stays",
}

# SQL outside the stores. Each has a reason; a new one needs a better one.
ELSEWHERE = {
    "rejoinder/db/pool.py": "asks whether PostgreSQL answers",
    "rejoinder/db/migrate.py": "reads and locks the migrations' own version table",
}

TENANT_TABLES = """
SELECT c.table_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND c.column_name = 'workspace_id' AND t.table_type = 'BASE TABLE'
"""

KEYS = """
SELECT r.relname, k.contype::text, f.relname,
    (SELECT array_agg(a.attname::text ORDER BY p.n) FROM unnest(k.conkey) WITH ORDINALITY AS p (attnum, n)
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum)
FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid LEFT JOIN pg_class f ON f.oid = k.confrelid
WHERE k.contype IN ('p', 'u', 'f') AND r.relnamespace = current_schema()::regnamespace
"""

UNIQUE_INDEXES = """
SELECT r.relname, i.relname,
    (SELECT array_agg(a.attname::text) FROM pg_attribute a
     WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey::int2[]))
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
WHERE x.indisunique AND r.relnamespace = current_schema()::regnamespace
"""


@pytest.fixture
async def tenants(db: Database) -> set[str]:
    """The tables whose rows belong to a workspace."""
    async with db.maintenance() as maintenance:
        rows = await maintenance.connection.fetch(TENANT_TABLES)
    return {row[0] for row in rows}


async def test_every_statement_names_the_workspace_of_each_table(tenants: set[str]) -> None:
    found = {
        statement.name: missing
        for statement in statements()
        if (missing := unbound(statement.sql, tenants - {"workspaces"}))
    }
    assert {name: found[name] for name in found.keys() - ACROSS.keys()} == {}
    assert ACROSS.keys() - found.keys() == set(), "an exception that is none any more"


async def test_the_stores_are_read(tenants: set[str]) -> None:
    """The test above would pass on nothing."""
    names = {statement.name for statement in statements()}
    assert {"rejoinder.turns.store.LOCK", "rejoinder.conversations.store.ADD_MESSAGE"} <= names
    assert len(names) > 50
    assert {"messages", "turns", "events", "knowledge_chunks"} <= tenants


WRONG = {
    "no condition": "SELECT 1 FROM messages",
    "another column": "SELECT 1 FROM messages WHERE message_id = $1",
    "only perhaps": "SELECT 1 FROM messages WHERE workspace_id = $1 OR message_id = $2",
    "not this one": "SELECT 1 FROM messages WHERE workspace_id <> $1",
    "itself": "SELECT 1 FROM messages m WHERE m.workspace_id = m.workspace_id",
    "each other": "SELECT 1 FROM messages m JOIN turns t ON t.workspace_id = m.workspace_id",
    "one of two": "SELECT 1 FROM messages m JOIN turns t ON t.turn_id = m.turn_id WHERE m.workspace_id = $1",
    "a comma": "SELECT 1 FROM messages m, turns t WHERE m.workspace_id = $1 AND t.turn_id = m.turn_id",
    "a subquery": "SELECT 1 FROM turns WHERE workspace_id = $1 AND EXISTS (SELECT FROM messages WHERE seq = 1)",
    "a part of it": "SELECT (SELECT count(*) FROM messages) FROM turns WHERE workspace_id = $1",
    "a CTE": "WITH a AS (SELECT * FROM messages) SELECT 1 FROM a WHERE workspace_id = $1",
    "a writing CTE": "WITH a AS (UPDATE turns SET fence = 0 WHERE turn_id = $1) SELECT 1",
    "update": "UPDATE turns SET state = $2 WHERE turn_id = $1",
    "update from": "UPDATE turns t SET fence = 0 FROM messages m WHERE t.workspace_id = $1 AND m.turn_id = t.turn_id",
    "delete": "DELETE FROM events",
    "delete using": "DELETE FROM events e USING turns t WHERE e.workspace_id = $1 AND t.turn_id = $2",
    "insert": "INSERT INTO events (conversation_id, seq) VALUES ($1, $2)",
    "insert without columns": "INSERT INTO events VALUES ($1, $2)",
    "insert a constant": "INSERT INTO events (workspace_id, seq) VALUES (gen_random_uuid(), $1)",
    "insert what was read": "INSERT INTO events (workspace_id, seq) SELECT $1, seq FROM messages",
    "one arm of a union": "(SELECT 1 FROM turns WHERE workspace_id = $1) UNION ALL (SELECT 1 FROM turns)",
}

RIGHT = {
    "a condition": "SELECT 1 FROM messages WHERE seq > $2 AND workspace_id = $1::uuid",
    "through a join": "SELECT 1 FROM turns t JOIN messages m ON m.workspace_id = t.workspace_id"
    " WHERE t.workspace_id = $1",
    "from outside": "SELECT 1 FROM turns t WHERE t.workspace_id = $1"
    " AND EXISTS (SELECT FROM messages m WHERE m.workspace_id = t.workspace_id)",
    "insert": "INSERT INTO events (seq, workspace_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    "not a tenant's": "DELETE FROM workers WHERE worker_no = $1",
}


@pytest.mark.parametrize("sql", WRONG.values(), ids=WRONG.keys())
async def test_a_statement_across_workspaces_is_seen(tenants: set[str], sql: str) -> None:
    assert unbound(sql, tenants)


@pytest.mark.parametrize("sql", RIGHT.values(), ids=RIGHT.keys())
async def test_a_statement_in_its_workspace_passes(tenants: set[str], sql: str) -> None:
    assert unbound(sql, tenants) == []


def _sql_outside(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(begins_a_statement(text) for text in texts(tree))


def test_sql_stands_in_the_stores_alone() -> None:
    outside = set(SOURCE.rglob("*.py")) - set(stores())
    found = {
        str(file.relative_to(SOURCE))
        for file in outside
        if "migrations" not in file.parts and _sql_outside(file)
    }
    assert found == set(ELSEWHERE)


async def test_every_key_begins_with_the_workspace(db: Database, tenants: set[str]) -> None:
    async with db.maintenance() as maintenance:
        keys = await maintenance.connection.fetch(KEYS)
    primary = {table: columns for table, kind, _, columns in keys if kind == "p"}
    assert {
        table: primary.get(table) for table in tenants if primary[table][0] != "workspace_id"
    } == {}


async def test_references_between_tenants_tables_stay_in_the_workspace(
    db: Database, tenants: set[str]
) -> None:
    async with db.maintenance() as maintenance:
        keys = await maintenance.connection.fetch(KEYS)
    between = [
        (table, target, columns)
        for table, kind, target, columns in keys
        if kind == "f" and table in tenants and target in tenants
    ]
    assert len(between) > 10
    assert [each for each in between if "workspace_id" not in each[2]] == []


async def test_what_is_unique_is_unique_in_its_workspace(db: Database, tenants: set[str]) -> None:
    """One exception: a token's hash, by which its workspace is found."""
    async with db.maintenance() as maintenance:
        indexes = await maintenance.connection.fetch(UNIQUE_INDEXES)
    across = {
        name
        for table, name, columns in indexes
        if table in tenants - {"workspaces"} and "workspace_id" not in columns
    }
    assert across == {"api_tokens_token_hash_key"}
