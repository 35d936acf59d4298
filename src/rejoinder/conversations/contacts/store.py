"""SQL of contacts. Their rows are locked before any conversation's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rejoinder.conversations.contacts.model import (
    Consent,
    Contact,
    Identity,
    Known,
    NamedBy,
    Wish,
)
from rejoinder.conversations.contacts.profile import store as profile
from rejoinder.db import Batch, Database, Read, Tx, new_id

# Who has any of these names, oldest first: what is found to be one person becomes that one. Beside each the key of the
# open direct thread: it bears one of the customer's names, which one depends on what the first message brought. Of
# several (who has two telephones) the one of a name that was asked for goes first: an answer goes where it is read.
FIND = """
SELECT i.kind, i.identity, c.contact_id, c.opted_out_at IS NOT NULL, c.display_name,
    c.created_at > clock_timestamp() - interval '1 day', (
        SELECT o.thread_key FROM conversations o
        WHERE o.workspace_id = $1 AND o.channel_id = $5 AND o.contact_id = c.contact_id AND o.state <> 'closed'
            AND (o.thread_key = ANY ($4::text[]) OR o.thread_key IN (
                SELECT n.identity FROM contact_identities n WHERE n.workspace_id = $1 AND n.contact_id = c.contact_id))
        ORDER BY o.thread_key = ANY ($4::text[]) DESC, o.last_message_timestamp DESC NULLS LAST LIMIT 1)
FROM unnest($2::uuid[], $3::text[], $4::text[]) AS asked (scope, kind, identity)
JOIN contact_identities i ON i.workspace_id = $1 AND i.scope = asked.scope AND i.kind = asked.kind
    AND i.identity = asked.identity
JOIN contacts c ON c.workspace_id = $1 AND c.contact_id = i.contact_id
ORDER BY c.created_at, c.contact_id
"""

ADD = "INSERT INTO contacts (workspace_id, contact_id, display_name) VALUES ($1, $2, $3)"

NAME = """
INSERT INTO contact_identities (workspace_id, scope, kind, identity, contact_id)
SELECT $1, n.scope, n.kind, n.identity, $2 FROM unnest($3::uuid[], $4::text[], $5::text[]) AS n (scope, kind, identity)
"""

SHOWN_AS = "UPDATE contacts SET display_name = $3 WHERE workspace_id = $1 AND contact_id = $2 AND display_name IS NULL"

LOCK = """
SELECT contact_id, opted_out_at, display_name FROM contacts
WHERE workspace_id = $1 AND contact_id = ANY ($2::uuid[]) AND merged_into IS NULL
ORDER BY created_at, contact_id FOR NO KEY UPDATE
"""

LOCK_ONE = """
SELECT opted_out_at IS NOT NULL FROM contacts
WHERE workspace_id = $1 AND contact_id = $2 AND merged_into IS NULL FOR NO KEY UPDATE
"""

OPTED_OUT = """
SELECT opted_out_at IS NOT NULL FROM contacts WHERE workspace_id = $1 AND contact_id = $2 AND merged_into IS NULL
"""

OPEN = """
SELECT conversation_id FROM conversations WHERE workspace_id = $1 AND contact_id = $2 AND state <> 'closed'
ORDER BY conversation_id
"""

MERGE_NAMES = """
UPDATE contact_identities SET contact_id = $2 WHERE workspace_id = $1 AND contact_id = ANY ($3::uuid[])
"""

MERGE_CONVERSATIONS = """
UPDATE conversations SET contact_id = $2 WHERE workspace_id = $1 AND contact_id = ANY ($3::uuid[])
"""

MERGE_LEDGER = """
UPDATE ai_response_logs SET contact_id = $2 WHERE workspace_id = $1 AND contact_id = ANY ($3::uuid[])
"""

MERGE_CONSENTS = """
UPDATE contact_consents SET contact_id = $2 WHERE workspace_id = $1 AND contact_id = ANY ($3::uuid[])
"""

# Nothing is taken away: the contact stays, and says whose it is now. A wish for no more messages is the person's.
MERGED = """
UPDATE contacts SET merged_into = $2
WHERE workspace_id = $1 AND (contact_id = ANY ($3::uuid[]) OR merged_into = ANY ($3::uuid[]))
"""

SURVIVOR = """
UPDATE contacts SET opted_out_at = $3, display_name = coalesce(display_name, $4)
WHERE workspace_id = $1 AND contact_id = $2
"""

RENAMED = """
DELETE FROM contact_identities
WHERE workspace_id = $1 AND (scope, kind, identity) IN (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]))
"""

# The conversation follows its customer, unless another has the new name already.
FOLLOW = """
UPDATE conversations c SET thread_key = $4
WHERE c.workspace_id = $1 AND c.channel_id = $2 AND c.thread_key = $3 AND c.state <> 'closed'
    AND NOT EXISTS (SELECT FROM conversations o WHERE o.workspace_id = $1 AND o.channel_id = $2 AND o.thread_key = $4
        AND o.state <> 'closed')
"""

REACHABLE = """
UPDATE contact_identities
SET unreachable_at = CASE WHEN $5 THEN NULL ELSE coalesce(unreachable_at, clock_timestamp()) END
WHERE workspace_id = $1 AND (scope, kind, identity) IN (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]))
"""

WISH = """
UPDATE contacts SET opted_out_at = CASE WHEN $3 THEN coalesce(opted_out_at, clock_timestamp()) END
WHERE workspace_id = $1 AND contact_id = $2
"""

RECORD = """
INSERT INTO contact_consents (workspace_id, consent_id, contact_id, channel_id, change, words, message_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

CONTACT = """
SELECT contact_id, display_name, opted_out_at, merged_into, created_at, attributes, tags, language, time_zone
FROM contacts WHERE workspace_id = $1 AND contact_id = $2
"""

NAMES = """
SELECT kind, identity, nullif(scope, '00000000-0000-0000-0000-000000000000'), seen_at, unreachable_at
FROM contact_identities
WHERE workspace_id = $1 AND contact_id = $2 ORDER BY seen_at, kind, identity
"""

CONSENTS = """
SELECT change, words, channel_id, message_id, created_at FROM contact_consents
WHERE workspace_id = $1 AND contact_id = $2 ORDER BY consent_id
"""

CONVERSATIONS = """
SELECT conversation_id FROM conversations WHERE workspace_id = $1 AND contact_id = $2 ORDER BY created_at DESC LIMIT 200
"""

CHANNEL = "SELECT true FROM channels WHERE workspace_id = $1 AND channel_id = $2"


@dataclass(frozen=True, slots=True)
class Found:
    """A name somebody has; `fresh` is a contact of today, `thread_key` that of their open direct conversation here."""

    kind: str
    value: str
    contact_id: UUID
    opted_out: bool
    display_name: str | None
    fresh: bool
    thread_key: str | None


async def find(read: Read, channel_id: UUID, names: Sequence[Identity]) -> list[Found]:
    """Who has any of these names, the oldest contact first."""
    rows = await read.connection.fetch(
        FIND, read.workspace_id, *_columns(channel_id, names), channel_id
    )
    return [Found(*row) for row in rows]


async def lock(tx: Tx, contact_id: UUID) -> bool | None:
    """Lock a contact, before any conversation: whether they opted out; None when they were merged into another.

    Who changes a wish, merges, or opens a conversation of the contact waits for each other here.
    """
    found: bool | None = await tx.connection.fetchval(LOCK_ONE, tx.workspace_id, contact_id)
    return found


async def opted_out(read: Read, contact_id: UUID) -> bool | None:
    """Whether they want no messages, as of now; None when they were merged into another."""
    found: bool | None = await read.connection.fetchval(OPTED_OUT, read.workspace_id, contact_id)
    return found


async def open_conversations(read: Read, contact_id: UUID) -> list[UUID]:
    """The contact's open conversations in all channels, in the order in which they are to be locked."""
    rows = await read.connection.fetch(OPEN, read.workspace_id, contact_id)
    return [row[0] for row in rows]


async def add(
    tx: Tx, channel_id: UUID, names: Sequence[Identity], display_name: str | None
) -> UUID:
    """A new contact. Raises asyncpg's UniqueViolationError when another transaction was first: begin again."""
    contact_id = new_id()
    await tx.connection.execute(ADD, tx.workspace_id, contact_id, display_name)
    await name(tx, channel_id, contact_id, names)
    return contact_id


async def name(tx: Tx, channel_id: UUID, contact_id: UUID, names: Sequence[Identity]) -> None:
    """Give a contact more names. Raises as `add` does."""
    await tx.connection.execute(NAME, tx.workspace_id, contact_id, *_columns(channel_id, names))


async def show_as(tx: Tx, contact_id: UUID, display_name: str) -> None:
    """Give a contact without one a name to show."""
    await tx.connection.execute(SHOWN_AS, tx.workspace_id, contact_id, display_name)


async def merge(tx: Tx, contact_ids: Sequence[UUID]) -> Known | None:
    """Make the oldest of these contacts all of them; None when another transaction has done it by now: look again."""
    rows = await tx.connection.fetch(LOCK, tx.workspace_id, contact_ids)
    if len(rows) < len(contact_ids):
        return None
    survivor, others = rows[0][0], [row[0] for row in rows[1:]]
    for statement in (MERGE_NAMES, MERGE_CONVERSATIONS, MERGE_LEDGER, MERGE_CONSENTS, MERGED):
        await tx.connection.execute(statement, tx.workspace_id, survivor, others)
    await profile.merge(tx, survivor, others)
    wishes = [row[1] for row in rows if row[1] is not None]
    opted_out = min(wishes) if wishes else None
    shown = next((row[2] for row in rows if row[2]), None)
    await tx.connection.execute(SURVIVOR, tx.workspace_id, survivor, opted_out, shown)
    return Known(survivor, opted_out is not None, None, merged=True)


async def forget_names(tx: Tx, channel_id: UUID, names: Sequence[Identity]) -> None:
    """Nobody has these names any more: a number may be somebody else's tomorrow."""
    await tx.connection.execute(RENAMED, tx.workspace_id, *_columns(channel_id, names))


async def follow(tx: Tx, channel_id: UUID, thread_key: str, to: str) -> bool:
    """The thread has another key; False where it is taken, or there is no such thread."""
    done = await tx.connection.execute(FOLLOW, tx.workspace_id, channel_id, thread_key, to)
    return bool(done == "UPDATE 1")


async def reachable(
    db: Database, workspace_id: UUID, channel_id: UUID, names: Sequence[Identity], *, can: bool
) -> None:
    """Note that a customer can, or can no longer, be written to under these names."""
    async with db.statement(workspace_id) as tx:
        await tx.connection.execute(REACHABLE, workspace_id, *_columns(channel_id, names), can)


def wish(
    batch: Batch,
    contact_id: UUID,
    channel_id: UUID,
    change: Wish,
    words: str,
    message_id: UUID | None,
) -> None:
    """Honour and record what a customer wishes."""
    batch.add(WISH, contact_id, change == "opt_out")
    batch.add(RECORD, new_id(), contact_id, channel_id, change, words, message_id)


async def contact(read: Read, contact_id: UUID) -> Contact | None:
    """One contact."""
    row = await read.connection.fetchrow(CONTACT, read.workspace_id, contact_id)
    return Contact(*row) if row else None


async def names(read: Read, contact_id: UUID) -> list[NamedBy]:
    """All names of a contact, in the order they were learned."""
    return [
        NamedBy(*row) for row in await read.connection.fetch(NAMES, read.workspace_id, contact_id)
    ]


async def consents(read: Read, contact_id: UUID) -> list[Consent]:
    """What a contact wished, oldest first."""
    return [
        Consent(*row)
        for row in await read.connection.fetch(CONSENTS, read.workspace_id, contact_id)
    ]


async def conversations(read: Read, contact_id: UUID) -> list[UUID]:
    """The contact's conversations in all channels, newest first; 200 at most."""
    rows = await read.connection.fetch(CONVERSATIONS, read.workspace_id, contact_id)
    return [row[0] for row in rows]


async def has_channel(read: Read, channel_id: UUID) -> bool:
    """Whether there is such a channel in the workspace."""
    return bool(await read.connection.fetchval(CHANNEL, read.workspace_id, channel_id))


def _columns(
    channel_id: UUID, names: Sequence[Identity]
) -> tuple[list[UUID], list[str], list[str]]:
    return (
        [each.scope(channel_id) for each in names],
        [each.kind for each in names],
        [each.value for each in names],
    )
