"""What a platform tells of our own messages: receipts, and echoes of ours and of a person's in its app."""

from __future__ import annotations

from typing import Any

from rejoinder.db import new_id
from tests.inbound.webhook.edge import Edge, said


def echoed(external_id: str, text: str = "I'll look after this myself.") -> dict[str, Any]:
    return {"is": "echoed", "thread": "mae", "id": external_id, "text": text}


def reported(external_id: str, status: str) -> dict[str, Any]:
    return {"is": "reported", "id": external_id, "status": status}


async def sending(edge: Edge) -> None:
    """A reply of the bot's to mae is on its way."""
    (row,) = await edge.sql(
        "SELECT conversation_id FROM conversations WHERE workspace_id = $1 AND thread_key = 'mae'"
    )
    conversation_id, message_id = row[0], new_id()
    await edge.sql(
        "INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, direction, sender_type,"
        " text, platform_time, received_at) VALUES ($1, $2, $3, $4, 100, 'outbound', 'ai', 'Hi', now(), now())",
        message_id,
        conversation_id,
        edge.channel_id,
    )
    await edge.sql(
        "INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, seq, status, created_at,"
        " sending_until) VALUES ($1, $2, $3, $4, 100, 'sending', now(), now() + interval '1 minute')",
        new_id(),
        conversation_id,
        message_id,
    )
    await edge.sql(
        "UPDATE conversations SET seq = 100 WHERE workspace_id = $1 AND conversation_id = $2",
        conversation_id,
    )


async def state(edge: Edge) -> str:
    (row,) = await edge.sql("SELECT state FROM conversations WHERE workspace_id = $1")
    found: str = row[0]
    return found


async def test_a_person_in_the_platforms_app_takes_over(edge: Edge) -> None:
    await edge.post(said("mae", "a"))
    for _ in range(2):
        assert await edge.post(echoed("e-1")) == 200
    assert await edge.texts("mae") == ["Hello", "I'll look after this myself."]
    (row,) = await edge.sql(
        "SELECT direction, sender_type FROM messages WHERE workspace_id = $1 AND external_id = 'e-1'"
    )
    assert tuple(row) == ("outbound", "agent")
    assert await state(edge) == "agent"
    assert await edge.intake() == []


async def test_an_echo_while_something_is_sent_waits(edge: Edge) -> None:
    await edge.post(said("mae", "a"))
    await sending(edge)
    assert await edge.post(echoed("e-1", "Something else")) == 200
    assert [each for each, _ in await edge.intake()] == ["waiting"]
    assert await state(edge) == "bot"
    assert await edge.post(said("mae", "b", "Next")) == 200, "no message queues behind an echo"
    assert "Next" in await edge.texts("mae")


async def test_an_echo_under_another_name_waits_likewise(edge: Edge) -> None:
    await edge.post(said("mae", "a"))
    await sending(edge)
    ours = echoed("e-1", "Something else") | {"thread": "mae-too", "recipient": "mae"}
    assert await edge.post(ours) == 200
    assert [each for each, _ in await edge.intake()] == ["waiting"]
    assert await state(edge) == "bot"


async def test_a_receipt_of_nothing_known_yet_is_noted(edge: Edge) -> None:
    assert await edge.post(reported("p-1", "delivered"), reported("p-1", "sent")) == 200
    (row,) = await edge.sql(
        "SELECT platform_id, reported FROM platform_messages WHERE workspace_id = $1"
    )
    assert tuple(row) == ("p-1", "delivered")
    assert await edge.intake() == []
