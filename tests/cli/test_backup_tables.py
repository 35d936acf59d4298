"""No table is forgotten by a backup: each holds a row, and each holds the same after a restore."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from rejoinder.app.database import bring_forward
from rejoinder.app.sample import sample
from rejoinder.db import connect
from rejoinder.db.private import own
from tests.cli.conftest import Run, open_folder
from tests.cli.test_backup import silent
from tests.clusters import CLUSTERS

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' ORDER BY 1
"""

_ID = "'01a20000-0000-7000-8000-000000000001'::uuid"
_OF = f"SELECT workspace_id, {_ID}"

# A row for each table that the sample workspace leaves empty. A new table needs one too.
ROWS = f"""
INSERT INTO contacts (workspace_id, contact_id, display_name) {_OF}, 'Ann' FROM workspaces;
INSERT INTO contact_identities (workspace_id, scope, identity, contact_id)
    SELECT workspace_id, contact_id, 'ann', contact_id FROM contacts;
INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id)
    {_OF}, channel_id, 'thread', {_ID} FROM channels WHERE platform = 'rest';
INSERT INTO turns (workspace_id, turn_id, conversation_id, state, opened_at, due_at, first_unanswered_at, woken_at)
    {_OF}, conversation_id, 'waiting', now(), now(), now(), now() FROM conversations;
INSERT INTO turn_attempts (workspace_id, turn_id, fence, attempt, worker, started_at)
    {_OF}, 1, 1, 'worker', now() FROM turns;
INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, direction, sender_type,
        platform_time, received_at, text)
    {_OF}, conversation_id, channel_id, 1, 'inbound', 'customer', now(), now(), 'สวัสดี 👍🏽' FROM conversations;
INSERT INTO message_vectors (workspace_id, message_id, model, vector)
    SELECT workspace_id, message_id, 'm', '{{0.1,-2.5e-8}}' FROM messages;
INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, status, created_at, seq)
    {_OF}, conversation_id, message_id, 'queued', now(), 1 FROM messages;
INSERT INTO platform_messages (workspace_id, channel_id, platform_id, delivery_id)
    SELECT d.workspace_id, m.channel_id, 'wamid', d.delivery_id FROM deliveries d JOIN messages m USING (message_id);
INSERT INTO events (workspace_id, conversation_id, seq, event_type, created_at)
    {_OF}, 1, 'message.received', now() FROM conversations;
INSERT INTO actions (workspace_id, action_id, conversation_id, turn_id, position, action_type, status, data)
    {_OF}, conversation_id, {_ID}, 0, 'collect_info', 'waiting', '{{"field": "email"}}' FROM conversations;
INSERT INTO drafts (workspace_id, draft_id, conversation_id, turn_id, text)
    {_OF}, conversation_id, {_ID}, 'We open at nine.' FROM conversations;
INSERT INTO explanations (workspace_id, turn_id, conversation_id, told)
    {_OF}, conversation_id, '{{"confidence": 0.5}}' FROM conversations;
INSERT INTO dead_letters (workspace_id, dead_letter_id, kind, subject_id, conversation_id, error, attempts)
    {_OF}, 'turn', {_ID}, conversation_id, 'it gave up', 5 FROM conversations;
INSERT INTO ai_response_logs (workspace_id, log_id, provider, model, outcome, cost, prices)
    {_OF}, 'gemini', 'm', 'ok', 0.00000123, '{{"input": 0.1}}' FROM workspaces;
INSERT INTO contact_consents (workspace_id, consent_id, contact_id, channel_id, change, words)
    {_OF}, contact_id, channel_id, 'opt_out', 'stop' FROM conversations;
INSERT INTO media (workspace_id, media_id, kind, state) {_OF}, 'image', 'waiting' FROM workspaces;
INSERT INTO intake (workspace_id, intake_id, channel_id, body, state, reason)
    {_OF}, channel_id, '\\x00ff', 'waiting', 'busy' FROM conversations;
INSERT INTO channel_log (workspace_id, log_id, channel_id, direction, at, milliseconds, method, address, class,
        request, response)
    {_OF}, channel_id, 'in', now(), 0.1, 'POST', '/', '2xx', '', '' FROM conversations;
INSERT INTO api_tokens (workspace_id, token_id, name, scope, token_hash)
    {_OF}, 'ci', 'admin', sha256('token') FROM workspaces;
INSERT INTO personas (workspace_id, persona_id, bot_id, name) {_OF}, bot_id, 'Mali' FROM bots;
INSERT INTO response_templates (workspace_id, template_id, bot_id, name, text)
    {_OF}, bot_id, 'hours', 'Hello {{{{ contact.name }}}}' FROM bots;
INSERT INTO canned_replies (workspace_id, canned_id, shortcut, text) {_OF}, 'hi', 'Hi!' FROM workspaces;
INSERT INTO knowledge_bases (workspace_id, base_id, name) {_OF}, 'Café' FROM workspaces;
INSERT INTO bot_knowledge (workspace_id, bot_id, base_id) SELECT workspace_id, bot_id, {_ID} FROM bots;
INSERT INTO knowledge_sources (workspace_id, source_id, base_id, kind, url)
    {_OF}, base_id, 'website', 'https://shop.example' FROM knowledge_bases;
INSERT INTO knowledge_vectors (workspace_id, document_id, position, model, vector)
    SELECT workspace_id, document_id, position, 'm', '{{0.1,1e-30}}' FROM knowledge_chunks;
INSERT INTO rate_limits (key, full_at) VALUES (sha256('key'), now());
INSERT INTO workers (name) VALUES ('worker');
INSERT INTO pgqueuer (priority, status, entrypoint) VALUES (0, 'queued', 'turns');
INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint) VALUES (1, 'successful', 0, 'turns');
INSERT INTO pgqueuer_schedules (expression, entrypoint) VALUES ('* * * * *', 'turns');
INSERT INTO pgqueuer_statistics (count, priority, status, entrypoint) VALUES (1, 0, 'successful', 'turns');
UPDATE channels SET credentials = 'sealed with a key of before' WHERE platform = 'rest';
UPDATE bots SET settings = settings || '{{"spend": {{"usd_a_day": 2}}}}';
"""


@pytest.fixture
async def filled() -> AsyncIterator[Path]:
    """A data folder whose tables all hold something; nothing runs on it."""
    with open_folder() as top:
        await CLUSTERS.settle(top / "data")
        async with own(top / "data", silent) as dsn:
            await bring_forward(dsn)
            db = await connect(dsn)
            await sample(db)
            async with db.maintenance() as maintenance:
                await maintenance.connection.execute(ROWS)
            await db.close()
        yield top


async def everything(dsn: str) -> dict[str, list[str]]:
    """The rows of all tables, whatever schema they stand in."""
    connection = await asyncpg.connect(dsn)
    try:
        return {
            table: sorted(
                row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} t")
            )
            for (table,) in await connection.fetch(TABLES)
        }
    finally:
        await connection.close()


async def test_every_table_comes_back_as_it_was(filled: Path, run: Run) -> None:
    file = filled / "all.backup"
    done = await run("backup", "--out", str(file), REJOINDER_DATA=str(filled / "data"))
    assert done.code == 0, done
    restored = await run("restore", str(file), REJOINDER_DATA=str(filled / "there"))
    assert restored.code == 0, restored
    assert f"Nor are the files of messages: copy {filled / 'data' / 'media'}" in done.out
    assert f"put yours into {filled / 'there' / 'media'}" in restored.out
    assert f"copy the former secret.key over {filled / 'there' / 'secret.key'}" in restored.out
    async with own(filled / "data", silent) as dsn:
        before = await everything(dsn)
    async with own(filled / "there", silent) as dsn:
        after = await everything(dsn)
    assert [table for table, rows in before.items() if not rows] == []
    assert after.keys() == before.keys()
    assert [table for table, rows in before.items() if after[table] != rows] == []
