"""A message in, its outcome out: what a caller of the REST channel relies on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import MESSAGES, body, read, say, send

OUTCOME = {
    "message_id",
    "conversation_id",
    "thread_key",
    "external_id",
    "turn_id",
    "status",
    "answered_by",
    "provider",
    "model",
    "reason",
    "replies",
}


async def test_a_message_is_stored_at_once_and_answered_later(
    client: aiohttp.ClientSession,
) -> None:
    given = body(text="How much is shipping?", message_id=uuid4().hex)
    stored = await send(client, given)
    assert set(stored) == OUTCOME
    assert stored["status"] == "pending"
    assert stored["replies"] == []
    assert stored["thread_key"] == given["conversation_id"]
    assert stored["external_id"] == given["message_id"]
    found = await read(client, f"/messages/{stored['message_id']}", wait="20")
    assert found["status"] == "answered"
    assert found == await read(client, f"/messages/{given['message_id']}", by="external")


async def test_who_waits_gets_the_answer(client: aiohttp.ClientSession) -> None:
    answer = await send(client, body(text="How much is shipping?"), 200, wait=20)
    assert set(answer) == OUTCOME
    assert (answer["status"], answer["model"]) == ("answered", "local")
    (reply,) = answer["replies"]
    assert set(reply) == {"message_id", "kind", "text"}
    assert reply["text"]
    page = await read(client, f"/conversations/{answer['conversation_id']}/messages")
    ours, theirs = page["items"]
    assert (ours["message_id"], ours["direction"], ours["sender_type"], ours["status"]) == (
        answer["message_id"],
        "inbound",
        "customer",
        "completed",
    )
    assert (theirs["message_id"], theirs["direction"], theirs["sender_type"]) == (
        reply["message_id"],
        "outbound",
        "ai",
    )
    assert theirs["text"] == reply["text"]
    assert theirs["status"] in {"sent", "delivered"}


@pytest.mark.parametrize("wait", [0, 20])
async def test_the_same_message_again_does_nothing_twice(
    program: Application, client: aiohttp.ClientSession, wait: float
) -> None:
    given = body(message_id=uuid4().hex, text="When do you open?", metadata={"a": [1, None]})
    first = await send(client, given, 200, wait=20)
    before = await program.stored()
    again = await send(client, given, 200, wait=wait)
    assert again == first
    assert await program.stored() == before


async def test_twenty_at_once_are_one_message_and_one_reply(
    client: aiohttp.ClientSession,
) -> None:
    given = body(message_id=uuid4().hex, text="How much is shipping?")
    answers = await asyncio.gather(*(send(client, given, 200, wait=30) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    page = await read(client, f"/conversations/{answers[0]['conversation_id']}/messages")
    assert [item["direction"] for item in page["items"]] == ["inbound", "outbound"]


async def test_twenty_threads_of_one_new_customer_are_all_answered(
    client: aiohttp.ClientSession,
) -> None:
    customer = uuid4().hex
    answers = await asyncio.gather(
        *(send(client, body(sender_id=customer), 200, wait=30) for _ in range(20))
    )
    assert {answer["status"] for answer in answers} == {"answered"}
    conversations = await asyncio.gather(
        *(read(client, f"/conversations/{answer['conversation_id']}") for answer in answers)
    )
    assert len({conversation["contact_id"] for conversation in conversations}) == 1


CHANGES = {
    "text": {"text": "another text"},
    "thread": {"conversation_id": "another thread"},
    "sender": {"sender_id": "another sender"},
    "sender_type": {"sender_type": "system"},
    "metadata": {"metadata": {"a": 2}},
    "timestamp": {"timestamp": 1_770_000_001},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES.keys())
async def test_the_same_id_for_another_message_conflicts(
    program: Application, client: aiohttp.ClientSession, changed: dict[str, object]
) -> None:
    given = body(message_id=uuid4().hex, metadata={"a": 1}, timestamp=1_770_000_000)
    await send(client, given, 200, wait=20)
    before = await program.stored()
    async with client.post(MESSAGES, json={**given, **changed}) as response:
        refused = await problem(response, 409, "message_conflict")
    assert refused["where"] == "message_id"
    assert await program.stored() == before


SAME = {
    "order of keys": ({"metadata": {"a": 1, "b": 2}}, {"metadata": {"b": 2, "a": 1}}),
    "offset": (
        {"timestamp": "2026-03-01T09:30:00+07:00"},
        {"timestamp": "2026-03-01T02:30:00Z"},
    ),
    "form of the time": ({"timestamp": 1_770_000_000}, {"timestamp": "2026-02-02T02:40:00Z"}),
    "user and customer": ({"sender_type": "user"}, {"sender_type": "customer"}),
}


@pytest.mark.parametrize(("first", "again"), SAME.values(), ids=SAME.keys())
async def test_the_same_message_in_other_words_is_the_same(
    client: aiohttp.ClientSession, first: dict[str, object], again: dict[str, object]
) -> None:
    given = body(message_id=uuid4().hex)
    stored = await send(client, {**given, **first})
    assert (await send(client, {**given, **again}))["message_id"] == stored["message_id"]


async def test_parts_are_kept_and_their_texts_are_the_text(client: aiohttp.ClientSession) -> None:
    parts = [
        {"kind": "text", "text": "Is this"},
        {"kind": "image", "url": "https://shop.example/a.jpg"},
        {"kind": "text", "text": "in stock?"},
        {"kind": "audio", "media_id": "m-1"},
    ]
    given: dict[str, object] = {"conversation_id": uuid4().hex, "content": parts}
    stored = await send(client, given)
    page = await read(client, f"/conversations/{stored['conversation_id']}/messages")
    assert page["items"][0]["content"] == parts
    assert page["items"][0]["text"] == "Is this\nin stock?"


@pytest.mark.parametrize("sender", ["agent", "ai", "system"])
async def test_history_is_stored_and_not_answered(
    client: aiohttp.ClientSession, sender: str
) -> None:
    stored = await say(client, 200, sender_type=sender, text="We called the customer.")
    assert stored["status"] == "stored"
    assert stored["turn_id"] is None
    page = await read(client, f"/conversations/{stored['conversation_id']}/messages")
    assert [(item["direction"], item["sender_type"]) for item in page["items"]] == [
        ("outbound", sender)
    ]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (1_770_000_000, 1_770_000_000),
        (1_770_000_000.25, 1_770_000_000.25),
        ("2026-03-01T09:30:00+07:00", 1_772_332_200),
        ("2026-03-01T02:30:00.5Z", 1_772_332_200.5),
    ],
)
async def test_the_platforms_time_is_kept(
    client: aiohttp.ClientSession, given: object, seconds: float
) -> None:
    stored = await say(client, timestamp=given)
    page = await read(client, f"/conversations/{stored['conversation_id']}/messages")
    item = page["items"][0]
    assert datetime.fromisoformat(item["platform_time"]).timestamp() == seconds
    received = datetime.fromisoformat(item["received_at"])
    assert abs(received - datetime.now(UTC)) < timedelta(minutes=1)


async def test_every_character_that_can_be_stored_comes_back(
    client: aiohttp.ClientSession,
) -> None:
    text = "ราคาเท่าไหร่ 👩‍👩‍👧 \u202e <script>\n\t\x01\ufffe\U0010ffff' \" \\ %s {} $1"
    given = body(conversation_id=text, message_id=f"{uuid4()}{text}", text=text, sender_name=text)
    stored = await send(client, {**given, "metadata": {text: [text]}})
    assert stored["thread_key"] == text
    page = await read(client, f"/conversations/{stored['conversation_id']}/messages")
    assert page["items"][0]["text"] == text
    assert page["items"][0]["metadata"] == {text: [text]}


async def test_messages_are_paged_in_order(client: aiohttp.ClientSession) -> None:
    thread = uuid4().hex
    for number in range(5):
        stored = await say(
            client, 200, conversation_id=thread, sender_type="system", text=str(number)
        )
    path, seen, after, pages = f"/conversations/{stored['conversation_id']}/messages", [], "0", 0
    while after is not None:
        page = await read(client, path, limit="2", after=after)
        assert len(page["items"]) <= 2
        seen += [(item["seq"], item["text"]) for item in page["items"]]
        after, pages = page["next"], pages + 1
    assert [text for _, text in seen] == ["0", "1", "2", "3", "4"]
    assert seen == sorted(seen)
    assert pages == 3
    assert (await read(client, path, by="id", after=str(seen[-1][0])))["items"] == []
    by_name = await read(client, f"/conversations/{thread}/messages", by="external")
    assert len(by_name["items"]) == 5


async def test_a_conversation_is_shown_by_both_its_names(client: aiohttp.ClientSession) -> None:
    stored = await say(client)
    found = await read(client, f"/conversations/{stored['conversation_id']}")
    assert found["thread_key"] == stored["thread_key"]
    assert (found["state"], found["total_messages"]) == ("bot", 1)
    assert found == await read(client, f"/conversations/{stored['thread_key']}", by="external")


async def test_who_leaves_early_cancels_nothing(client: aiohttp.ClientSession) -> None:
    given = body(message_id=uuid4().hex, text="How much is shipping?")
    waiting = asyncio.create_task(client.post(MESSAGES, json=given, params={"wait": "30"}))
    async with client.post(MESSAGES, json=given) as response:  # the answer may be there already
        stored = await response.json(content_type=None)
    waiting.cancel()
    await asyncio.wait([waiting])
    found = await read(client, f"/messages/{stored['message_id']}", wait="20")
    assert found["status"] == "answered"
