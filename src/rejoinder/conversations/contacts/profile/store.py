"""SQL of what is known of contacts: what they told when they were asked, or what a person wrote down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Batch, Read, Tx

# What the survivor has set stands; the rest comes from those who were found to be the same person.
MERGE = """
UPDATE contacts s SET attributes = o.attributes || s.attributes, language = coalesce(s.language, o.language),
    time_zone = coalesce(s.time_zone, o.time_zone),
    tags = ARRAY(SELECT DISTINCT t FROM unnest(s.tags || o.tags) AS t ORDER BY t)
FROM (
    SELECT coalesce(jsonb_object_agg(a.key, a.value ORDER BY c.created_at DESC) FILTER (WHERE a.key IS NOT NULL),
            '{}') AS attributes,
        coalesce(array_agg(DISTINCT g.tag) FILTER (WHERE g.tag IS NOT NULL), '{}') AS tags,
        min(c.language) AS language, min(c.time_zone) AS time_zone
    FROM contacts c
    LEFT JOIN LATERAL jsonb_each(c.attributes) AS a ON true
    LEFT JOIN LATERAL unnest(c.tags) AS g (tag) ON true
    WHERE c.workspace_id = $1 AND c.contact_id = ANY ($3::uuid[])
) o
WHERE s.workspace_id = $1 AND s.contact_id = $2
"""

ATTRIBUTE = """
UPDATE contacts SET attributes = attributes || jsonb_build_object($3::text, $4::text)
WHERE workspace_id = $1 AND contact_id = $2
"""

CHANGE = """
UPDATE contacts SET display_name = coalesce($3::text, display_name),
    attributes = jsonb_strip_nulls(attributes || $4::jsonb), tags = coalesce($5::text[], tags),
    language = coalesce($6::text, language), time_zone = coalesce($7::text, time_zone)
WHERE workspace_id = $1 AND contact_id = $2
"""

ATTRIBUTES = "SELECT attributes FROM contacts WHERE workspace_id = $1 AND contact_id = $2"


def attribute(batch: Batch, contact_id: UUID, name: str, value: str) -> None:
    """Keep something that is known of a contact under `name`; what stood there goes. The contact is locked."""
    batch.add(ATTRIBUTE, contact_id, name, value)


async def change(
    tx: Tx,
    contact_id: UUID,
    *,
    display_name: str | None = None,
    attributes: Mapping[str, JsonValue] | None = None,
    tags: Sequence[str] | None = None,
    language: str | None = None,
    time_zone: str | None = None,
) -> None:
    """Change what is given; an attribute that is None goes. The contact is locked."""
    await tx.connection.execute(
        CHANGE,
        tx.workspace_id,
        contact_id,
        display_name,
        attributes or {},
        tags,
        language,
        time_zone,
    )


async def attributes(read: Read, contact_id: UUID) -> dict[str, JsonValue]:
    """All that is known of a contact by name."""
    found = await read.connection.fetchval(ATTRIBUTES, read.workspace_id, contact_id)
    return found or {}


async def merge(tx: Tx, survivor: UUID, others: Sequence[UUID]) -> None:
    """What is known of the others is known of the survivor, where nothing else is. All of them are locked."""
    await tx.connection.execute(MERGE, tx.workspace_id, survivor, others)
