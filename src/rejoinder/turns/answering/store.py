"""SQL of what an answer is made from."""

from __future__ import annotations

from typing import Any

from rejoinder.db import Read
from rejoinder.turns.answering.model import Profile
from rejoinder.turns.model import Asked, Claimed

# What is said in a message's recordings; looked up for recordings alone.
_HEARD = """CASE WHEN kind = 'audio' THEN (SELECT string_agg(f.transcript, ' ') FROM media f
    WHERE f.workspace_id = $1 AND f.message_id = messages.message_id) END"""

# The turn's messages only while its fence is ours: an answer that could not be committed is not begun.
_SAID = f"""
(SELECT message_id, seq, turn_id, sender_type, kind, text, platform_time, metadata -> 'resources' AS resources,
    {_HEARD} AS heard, jsonb_path_query_array(content, '$[*] ? (exists(@.media_id))') AS files, NULL AS intent,
    NULL::boolean AS known, waited_for
 FROM messages
 WHERE workspace_id = $1 AND turn_id = $3 AND direction = 'inbound' AND kind <> 'deleted'
    AND EXISTS (SELECT FROM turns WHERE workspace_id = $1 AND turn_id = $3 AND fence = $5))
UNION ALL
(SELECT message_id, seq, turn_id, sender_type, kind, text, platform_time, NULL, {_HEARD}, NULL,
    intent_classification ->> 'intent', (metadata ->> 'known')::boolean, false
 FROM messages
 WHERE workspace_id = $1 AND conversation_id = $2 AND turn_id IS DISTINCT FROM $3 AND kind <> 'deleted'
 ORDER BY seq DESC LIMIT $4)
"""

# Of the others of a contact the newest hundred count: more tell nothing more. The contact is looked up by itself
# (LIMIT): a join whose plan is made while the table is young reads all contacts of the workspace from then on.
_PROFILE = """
SELECT c.channel_id, k.display_name, k.attributes, k.tags, k.language, k.time_zone, earlier.count, earlier.last,
    earlier.satisfaction, c.auto_response_enabled, coalesce(c.summary, ''), c.summary_seq, c.collecting,
    clock_timestamp()
FROM conversations c
CROSS JOIN LATERAL (
    SELECT p.display_name, p.attributes, p.tags, p.language, p.time_zone FROM contacts p
    WHERE p.workspace_id = $1 AND p.contact_id = c.contact_id LIMIT 1
) AS k
CROSS JOIN LATERAL (
    SELECT count(*) AS count, max(e.created_at) AS last, avg(e.customer_satisfaction) AS satisfaction
    FROM (SELECT created_at, customer_satisfaction FROM conversations o
        WHERE o.workspace_id = $1 AND o.contact_id = c.contact_id AND o.conversation_id <> $2
        ORDER BY o.created_at DESC LIMIT 100) AS e
) AS earlier
WHERE c.workspace_id = $1 AND c.conversation_id = $2
"""

# In one round trip; who writes stands beside the first message alone.
WINDOW = f"""
SELECT said.*, profile.*
FROM (SELECT *, row_number() OVER () AS place FROM ({_SAID}) AS each) AS said
LEFT JOIN ({_PROFILE}) AS profile ON said.place = 1
"""
_COLUMNS_SAID = 13


async def window(read: Read, claimed: Claimed, history: int) -> tuple[list[Asked], Profile | None]:
    """The turn's own messages, while it is ours, and the `history` newest others, in no order; and who writes.

    None for that where there is no message at all.
    """
    rows = await read.connection.fetch(
        WINDOW,
        read.workspace_id,
        claimed.conversation_id,
        claimed.turn_id,
        history,
        claimed.fence,
    )
    messages = [Asked(*row[:_COLUMNS_SAID]) for row in rows]
    written = next((row for row in rows if row["place"] == 1), None)
    return messages, _profile(written[_COLUMNS_SAID + 1 :]) if written else None


def _profile(row: tuple[Any, ...]) -> Profile:
    channel_id, name, attributes, tags, *rest = row
    return Profile(channel_id, name, attributes, frozenset(tags), *rest)
