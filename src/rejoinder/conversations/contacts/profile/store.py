"""SQL of what is known of contacts: what they told when they were asked, or what a person wrote down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict
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

# $3 names what is given; what is given and NULL goes.
CHANGE = """
UPDATE contacts SET
    display_name = CASE WHEN 'display_name' = ANY ($3::text[]) THEN $4::text ELSE display_name END,
    attributes = CASE WHEN 'attributes' = ANY ($3) AND $5::jsonb IS NULL THEN '{}'
        ELSE jsonb_strip_nulls(attributes || coalesce($5::jsonb, '{}')) END,
    tags = CASE WHEN 'tags' = ANY ($3) THEN coalesce($6::text[], '{}') ELSE tags END,
    language = CASE WHEN 'language' = ANY ($3) THEN $7::text ELSE language END,
    time_zone = CASE WHEN 'time_zone' = ANY ($3) THEN $8::text ELSE time_zone END
WHERE workspace_id = $1 AND contact_id = $2
"""

ATTRIBUTES = "SELECT attributes FROM contacts WHERE workspace_id = $1 AND contact_id = $2"


def attribute(batch: Batch, contact_id: UUID, name: str, value: str) -> None:
    """Keep something that is known of a contact under `name`; what stood there goes. The contact is locked."""
    batch.add(ATTRIBUTE, contact_id, name, value)


class Given(TypedDict, total=False):
    """What is to be changed of a contact; None takes it away. Of `attributes` only those named are changed."""

    display_name: str | None
    attributes: Mapping[str, JsonValue] | None
    tags: Sequence[str] | None
    language: str | None
    time_zone: str | None


async def change(tx: Tx, contact_id: UUID, given: Given) -> None:
    """Change what is given. The contact is locked."""
    await tx.connection.execute(
        CHANGE,
        tx.workspace_id,
        contact_id,
        list(given),
        given.get("display_name"),
        given.get("attributes"),
        given.get("tags"),
        given.get("language"),
        given.get("time_zone"),
    )


async def attributes(read: Read, contact_id: UUID) -> dict[str, JsonValue]:
    """All that is known of a contact by name."""
    found = await read.connection.fetchval(ATTRIBUTES, read.workspace_id, contact_id)
    return found or {}


async def merge(tx: Tx, survivor: UUID, others: Sequence[UUID]) -> None:
    """What is known of the others is known of the survivor, where nothing else is. All of them are locked."""
    await tx.connection.execute(MERGE, tx.workspace_id, survivor, others)
