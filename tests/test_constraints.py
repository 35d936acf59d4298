"""The schema refuses what no program may store, whichever statement forgets to ask first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from rejoinder.db import Connection, Database, new_id

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

ENDED = ("committed", "superseded", "cancelled", "handed_off", "failed")

# What each status of a delivery may become.
FORWARD = {
    "queued": {"sent", "delivered", "read", "sending", "withheld", "failed"},
    "sending": {"queued", "sent", "delivered", "read", "failed", "unknown"},
    "unknown": {"queued", "sent", "delivered", "read", "failed"},
    "sent": {"delivered", "read", "failed"},
    "delivered": {"read"},
    "read": set(),
    "failed": {"queued", "delivered", "read"},
    "withheld": set(),
}

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class House:
    """One workspace with one conversation, in a transaction that is never committed."""

    connection: Connection
    workspace_id: UUID
    bot_id: UUID
    channel_id: UUID
    contact_id: UUID
    conversation_id: UUID

    async def add(self, table: str, row: Row, **given: object) -> None:
        """Insert a row of this workspace; what is given replaces or adds a column."""
        row = {"workspace_id": self.workspace_id} | row | given
        marks = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await self.connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values()
        )

    def thread(self, thread_key: str = "thread") -> Row:
        """A conversation."""
        return {
            "conversation_id": new_id(),
            "channel_id": self.channel_id,
            "thread_key": thread_key,
            "contact_id": self.contact_id,
        }

    def turn(self, state: str) -> Row:
        """A turn of the conversation in that state, with all that belongs to it."""
        return {
            "turn_id": new_id(),
            "conversation_id": self.conversation_id,
            "opened_at": AT,
            "due_at": AT,
            "first_unanswered_at": AT,
            "woken_at": AT,
            "fence": 1,
        } | in_state(state)

    def message(self, **given: object) -> Row:
        """A customer's message in the conversation."""
        return {
            "message_id": new_id(),
            "conversation_id": self.conversation_id,
            "channel_id": self.channel_id,
            "seq": 1,
            "direction": "inbound",
            "sender_type": "customer",
            "platform_time": AT,
            "received_at": AT,
        } | given

    def delivery(self, message_id: object, status: str = "queued") -> Row:
        """A delivery of a message."""
        return {
            "delivery_id": new_id(),
            "conversation_id": self.conversation_id,
            "message_id": message_id,
            "seq": 7,
            "status": status,
            "created_at": AT,
            "sent_at": AT,
            "sending_until": AT,
            "held_until": AT,
        }


def in_state(state: str) -> Row:
    """The columns of a turn that follow its state."""
    return {
        "state": state,
        "worker_no": 1 if state == "running" else None,
        "lease_until": AT if state == "running" else None,
        "ended_at": AT if state in ENDED else None,
        "merged_into": new_id() if state == "superseded" else None,
    }


async def furnish(connection: Connection, workspace_id: UUID) -> House:
    house = House(connection, workspace_id, *(new_id() for _ in range(4)))
    await house.add(
        "bots", {"bot_id": house.bot_id, "name": "Bot", "persona": "", "fallback_text": "Later."}
    )
    channel = {"channel_id": house.channel_id, "bot_id": house.bot_id, "platform": "rest"}
    await house.add("channels", channel, name="REST")
    await house.add("contacts", {"contact_id": house.contact_id})
    await house.add("conversations", house.thread(), conversation_id=house.conversation_id)
    return house


@pytest.fixture
async def house(db: Database, workspace_id: UUID) -> AsyncIterator[House]:
    async with db.maintenance() as maintenance:
        transaction = maintenance.connection.transaction()
        await transaction.start()
        yield await furnish(maintenance.connection, workspace_id)
        await transaction.rollback()


@pytest.fixture
async def neighbour(house: House) -> House:
    """Another workspace's."""
    workspace_id = new_id()
    await house.connection.execute(
        "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, $2, 'Next door')",
        workspace_id,
        f"t-{workspace_id}",
    )
    return await furnish(house.connection, workspace_id)


async def become(house: House, turn: Row, state: str) -> None:
    columns = in_state(state)
    sets = ", ".join(f"{column} = ${place}" for place, column in enumerate(columns, 2))
    await house.connection.execute(
        f"UPDATE turns SET {sets} WHERE turn_id = $1", turn["turn_id"], *columns.values()
    )


@pytest.mark.parametrize("to", ["waiting", "running", *ENDED])
@pytest.mark.parametrize("since", ENDED)
async def test_a_turn_ends_once(house: House, since: str, to: str) -> None:
    turn = house.turn(since)
    await house.add("turns", turn)
    if to == since:  # its other columns may still be written
        await become(house, turn, to)
        return
    with pytest.raises(asyncpg.CheckViolationError, match=f"{since} can not become {to}"):
        await become(house, turn, to)


@pytest.mark.parametrize("to", ["waiting", "running", *ENDED])
@pytest.mark.parametrize("since", ["waiting", "running"])
async def test_a_turn_that_has_not_ended_may_become_anything(
    house: House, since: str, to: str
) -> None:
    turn = house.turn(since)
    await house.add("turns", turn)
    await become(house, turn, to)


@pytest.mark.parametrize("to", FORWARD)
@pytest.mark.parametrize("since", FORWARD)
async def test_a_delivery_only_moves_forward(house: House, since: str, to: str) -> None:
    message = house.message(direction="outbound", sender_type="ai")
    await house.add("messages", message)
    await house.add("deliveries", house.delivery(message["message_id"], since))
    move = house.connection.execute(
        "UPDATE deliveries SET status = $2 WHERE message_id = $1", message["message_id"], to
    )
    if to == since or to in FORWARD[since]:
        assert await move == "UPDATE 1"
        return
    with pytest.raises(asyncpg.CheckViolationError, match=f"{since} can not become {to}"):
        await move


async def test_a_thread_has_one_open_conversation(house: House) -> None:
    await house.add("conversations", house.thread(), state="closed", closed_at=AT)
    with pytest.raises(asyncpg.UniqueViolationError):
        await house.add("conversations", house.thread())


@pytest.mark.parametrize("state", ["waiting", "running"])
async def test_a_conversation_has_one_live_turn_of_a_kind(house: House, state: str) -> None:
    await house.add("turns", house.turn("waiting"))
    await house.add("turns", house.turn("running"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await house.add("turns", house.turn(state))


@pytest.mark.parametrize("state", ["waiting", "running", "superseded"])
async def test_a_live_turn_is_merged_into_none_and_a_superseded_one_is(
    house: House, state: str
) -> None:
    merged = None if state == "superseded" else new_id()
    with pytest.raises(asyncpg.CheckViolationError):
        await house.add("turns", house.turn(state), merged_into=merged)


async def test_a_message_is_answered_by_a_turn_of_its_own_conversation(house: House) -> None:
    other, turn = house.thread("other"), house.turn("waiting")
    await house.add("conversations", other)
    await house.add("turns", turn)
    elsewhere = house.message(conversation_id=other["conversation_id"])
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await house.add("messages", elsewhere, turn_id=turn["turn_id"])


async def test_a_message_came_through_its_conversations_channel(house: House) -> None:
    other = new_id()
    await house.add(
        "channels",
        {"channel_id": other, "bot_id": house.bot_id, "platform": "widget", "name": "Widget"},
    )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await house.add("messages", house.message(channel_id=other))


WRONG_MESSAGES: dict[str, Row] = {
    "a bot's, inbound": {"sender_type": "ai"},
    "an agent's, inbound": {"sender_type": "agent"},
    "a customer's, outbound": {"direction": "outbound"},
    "an empty external id": {"external_id": "", "fingerprint": b"f"},
    "an external id without its fingerprint": {"external_id": "m-1"},
    "no seq": {"seq": 0},
}


@pytest.mark.parametrize("given", WRONG_MESSAGES.values(), ids=WRONG_MESSAGES.keys())
async def test_a_message_that_makes_no_sense_is_refused(house: House, given: Row) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await house.add("messages", house.message(**given))


async def test_an_external_id_is_one_message(house: House) -> None:
    sent = {"external_id": "m-1", "fingerprint": b"f"}
    await house.add("messages", house.message(**sent))
    with pytest.raises(asyncpg.UniqueViolationError):
        await house.add("messages", house.message(**sent, seq=2))


REFERENCES = (
    ("channels", "bot_id"),
    ("conversations", "channel_id"),
    ("conversations", "contact_id"),
    ("turns", "conversation_id"),
    ("messages", "conversation_id"),
    ("messages", "channel_id"),
    ("messages", "turn_id"),
    ("turn_attempts", "turn_id"),
    ("deliveries", "message_id"),
    ("events", "conversation_id"),
)


async def rows(house: House) -> dict[str, Row]:
    """A good row for each table that refers to another; the turn and the message are stored."""
    turn, message = house.turn("waiting"), house.message(seq=7)
    await house.add("turns", turn)
    await house.add("messages", message)
    return {
        "channels": {
            "bot_id": house.bot_id,
            "channel_id": new_id(),
            "platform": "rest",
            "name": "x",
        },
        "conversations": house.thread("fresh"),
        "turns": house.turn("cancelled"),
        "messages": house.message(seq=8, turn_id=turn["turn_id"]),
        "turn_attempts": {"turn_id": turn["turn_id"], "fence": 1, "attempt": 1, "worker": "w"}
        | {"started_at": AT},
        "deliveries": house.delivery(message["message_id"]),
        "events": {"conversation_id": house.conversation_id, "seq": 9, "event_type": "x"}
        | {"created_at": AT},
    }


@pytest.mark.parametrize("table", sorted({table for table, _ in REFERENCES}))
async def test_a_row_that_refers_to_its_own_workspace_is_stored(house: House, table: str) -> None:
    """Else the next test would pass on rows that are wrong in another way."""
    await house.add(table, (await rows(house))[table])


@pytest.mark.parametrize(("table", "column"), REFERENCES)
async def test_a_row_that_refers_to_another_workspace_is_refused(
    house: House, neighbour: House, table: str, column: str
) -> None:
    ours, theirs = await rows(house), await rows(neighbour)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await house.add(table, ours[table], **{column: theirs[table][column]})
