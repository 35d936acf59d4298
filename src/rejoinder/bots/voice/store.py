"""SQL of personas and response templates."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any
from uuid import UUID

import asyncpg

from rejoinder.bots.voice.model import Persona, Template, Voice
from rejoinder.db import Read, Tx

_PERSONA = """persona_id, bot_id, channel_id, name, tone, formality, style, languages, dos, donts, greeting, signature,
    active, is_default, created_at"""

PERSONAS = f"""
SELECT {_PERSONA} FROM personas WHERE workspace_id = $1 AND bot_id = $2 AND persona_id > $3
ORDER BY persona_id LIMIT $4
"""

PERSONA = f"""
SELECT {_PERSONA} FROM personas WHERE workspace_id = $1 AND bot_id = $2 AND persona_id = $3
"""

PERSONA_TO_CHANGE = f"{PERSONA} FOR UPDATE"

ADD_PERSONA = """
INSERT INTO personas (workspace_id, persona_id, bot_id, channel_id, name, tone, formality, style, languages, dos, donts,
    greeting, signature, active, is_default)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""

CHANGE_PERSONA = """
UPDATE personas SET channel_id = $4, name = $5, tone = $6, formality = $7, style = $8, languages = $9, dos = $10,
    donts = $11, greeting = $12, signature = $13, active = $14, is_default = $15
WHERE workspace_id = $1 AND persona_id = $2 AND bot_id = $3
"""

# A bot and each of its channels have one default: whoever becomes it takes the other's place.
YIELD_DEFAULT = """
UPDATE personas SET is_default = false
WHERE workspace_id = $1 AND bot_id = $2 AND channel_id IS NOT DISTINCT FROM $3 AND persona_id <> $4 AND is_default
"""

REMOVE_PERSONA = "DELETE FROM personas WHERE workspace_id = $1 AND bot_id = $2 AND persona_id = $3"

# Locked, so that two personas made default at once come one after the other.
OF_BOT = """
SELECT (SELECT c.bot_id = b.bot_id FROM channels c WHERE c.workspace_id = $1 AND c.channel_id = $3)
FROM bots b WHERE b.workspace_id = $1 AND b.bot_id = $2 FOR NO KEY UPDATE
"""

_TEMPLATE = "template_id, bot_id, name, text, intents, languages, condition, active, created_at"

TEMPLATES = f"""
SELECT {_TEMPLATE} FROM response_templates WHERE workspace_id = $1 AND bot_id = $2 AND template_id > $3
ORDER BY template_id LIMIT $4
"""

TEMPLATE = f"""
SELECT {_TEMPLATE} FROM response_templates WHERE workspace_id = $1 AND bot_id = $2 AND template_id = $3
"""

TEMPLATE_TO_CHANGE = f"{TEMPLATE} FOR UPDATE"

ADD_TEMPLATE = """
INSERT INTO response_templates (workspace_id, template_id, bot_id, name, text, intents, languages, condition, active)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

CHANGE_TEMPLATE = """
UPDATE response_templates SET name = $4, text = $5, intents = $6, languages = $7, condition = $8, active = $9
WHERE workspace_id = $1 AND template_id = $2 AND bot_id = $3
"""

REMOVE_TEMPLATE = (
    "DELETE FROM response_templates WHERE workspace_id = $1 AND bot_id = $2 AND template_id = $3"
)

# Both in one round trip, as JSON.
VOICE = f"""
SELECT
    coalesce((SELECT jsonb_agg(to_jsonb(p) ORDER BY p.persona_id) FROM (
        SELECT {_PERSONA} FROM personas WHERE workspace_id = $1 AND bot_id = $2 AND active) p), '[]'),
    coalesce((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.template_id) FROM (
        SELECT {_TEMPLATE} FROM response_templates WHERE workspace_id = $1 AND bot_id = $2 AND active) t), '[]')
"""


async def voice(read: Read, bot_id: UUID) -> Voice:
    """What the bot speaks with, one round trip. `created_at` is left out."""
    row = await read.connection.fetchrow(VOICE, read.workspace_id, bot_id)
    personas, templates = row if row else ([], [])
    return Voice(
        tuple(Persona(**_fields(each)) for each in personas),
        tuple(Template(**_fields(each)) for each in templates),
    )


async def personas(read: Read, bot_id: UUID, after: UUID, limit: int) -> list[Persona]:
    """The bot's personas after an id, oldest first."""
    rows = await read.connection.fetch(PERSONAS, read.workspace_id, bot_id, after, limit)
    return [_persona(row) for row in rows]


async def persona(read: Read, bot_id: UUID, persona_id: UUID) -> Persona | None:
    """One persona."""
    row = await read.connection.fetchrow(PERSONA, read.workspace_id, bot_id, persona_id)
    return _persona(row) if row else None


async def persona_to_change(tx: Tx, bot_id: UUID, persona_id: UUID) -> Persona | None:
    """One persona, locked until the transaction ends."""
    row = await tx.connection.fetchrow(PERSONA_TO_CHANGE, tx.workspace_id, bot_id, persona_id)
    return _persona(row) if row else None


async def put_persona(tx: Tx, persona: Persona, *, new: bool) -> None:
    """Store a persona; one that is default takes the place of the one before."""
    if persona.is_default:
        await tx.connection.execute(
            YIELD_DEFAULT, tx.workspace_id, persona.bot_id, persona.channel_id, persona.persona_id
        )
    statement = ADD_PERSONA if new else CHANGE_PERSONA
    columns = astuple(persona)[:-1]
    rest = columns[2:]
    await tx.connection.execute(
        statement, tx.workspace_id, persona.persona_id, persona.bot_id, *map(_listed, rest)
    )


async def remove_persona(tx: Tx, bot_id: UUID, persona_id: UUID) -> bool:
    """Take a persona away; False where there is none."""
    done = await tx.connection.execute(REMOVE_PERSONA, tx.workspace_id, bot_id, persona_id)
    return bool(done == "DELETE 1")


async def lock_bot(tx: Tx, bot_id: UUID, channel_id: UUID | None = None) -> tuple[bool, bool]:
    """Lock a bot's voices until the transaction ends: whether there is the bot, and whether the channel is its own."""
    row = await tx.connection.fetchrow(OF_BOT, tx.workspace_id, bot_id, channel_id)
    return row is not None, bool(row and row[0])


async def templates(read: Read, bot_id: UUID, after: UUID, limit: int) -> list[Template]:
    """The bot's templates after an id, oldest first."""
    rows = await read.connection.fetch(TEMPLATES, read.workspace_id, bot_id, after, limit)
    return [_template(row) for row in rows]


async def template(read: Read, bot_id: UUID, template_id: UUID) -> Template | None:
    """One template."""
    row = await read.connection.fetchrow(TEMPLATE, read.workspace_id, bot_id, template_id)
    return _template(row) if row else None


async def template_to_change(tx: Tx, bot_id: UUID, template_id: UUID) -> Template | None:
    """One template, locked until the transaction ends."""
    row = await tx.connection.fetchrow(TEMPLATE_TO_CHANGE, tx.workspace_id, bot_id, template_id)
    return _template(row) if row else None


async def put_template(tx: Tx, template: Template, *, new: bool) -> None:
    """Store a template. Raises asyncpg's UniqueViolationError for a name that is taken."""
    statement = ADD_TEMPLATE if new else CHANGE_TEMPLATE
    rest = astuple(template)[2:-1]
    await tx.connection.execute(
        statement, tx.workspace_id, template.template_id, template.bot_id, *map(_listed, rest)
    )


async def remove_template(tx: Tx, bot_id: UUID, template_id: UUID) -> bool:
    """Take a template away; False where there is none."""
    done = await tx.connection.execute(REMOVE_TEMPLATE, tx.workspace_id, bot_id, template_id)
    return bool(done == "DELETE 1")


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _persona(row: asyncpg.Record) -> Persona:
    return Persona(**{name: _held(value) for name, value in row.items()})


def _template(row: asyncpg.Record) -> Template:
    return Template(**{name: _held(value) for name, value in row.items()})


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    """As the dataclasses hold it, from JSON."""
    return {
        name: UUID(value) if name.endswith("_id") and value else _held(value)
        for name, value in told.items()
        if name != "created_at"
    }


def _held(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
