"""What people send beside text: stored with words that say the same, refused with a reason, once under one id."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from rejoinder.channels.text.shown import warnings
from rejoinder.conversations.written.parts import Written
from rejoinder.db import new_id
from tests.api.application import Application
from tests.api.say import read, say
from tests.api.test_hands import act
from tests.channels.connect.pigeon import plugged_in

Content = list[dict[str, Any]]


@pytest.fixture
async def conversation(client: aiohttp.ClientSession) -> str:
    """A conversation that has just begun."""
    return str((await say(client))["conversation_id"])


async def last(client: aiohttp.ClientSession, conversation: str) -> dict[str, Any]:
    """The newest message."""
    items = (await read(client, f"/conversations/{conversation}/messages"))["items"]
    newest: dict[str, Any] = items[-1]
    return newest


SENT: dict[str, tuple[Content, str, str]] = {
    "texts": ([{"kind": "text", "text": "a"}, {"kind": "text", "text": "b"}], "text", "a\n\nb"),
    "image": (
        [{"kind": "image", "url": "https://shop.example/a.png", "text": "Our shop"}],
        "image",
        "[image]\nOur shop\nhttps://shop.example/a.png",
    ),
    "image and text": (
        [
            {"kind": "text", "text": "Our shop"},
            {"kind": "document", "url": "https://shop.example/a.pdf", "filename": "a.pdf"},
        ],
        "document",
        "[document: a.pdf]\nOur shop\nhttps://shop.example/a.pdf",
    ),
    "location": (
        [{"kind": "location", "latitude": 13.75, "longitude": 100.5, "name": "Shop"}],
        "location",
        "[location: Shop, 13.75, 100.5]",
    ),
    "contact": (
        [{"kind": "contact", "name": "Nok", "phones": ["6621234567"]}],
        "contact",
        "[contact: Nok, 6621234567]",
    ),
    "quick replies": (
        [
            {
                "kind": "quick_replies",
                "text": "When?",
                "options": [{"title": "Now"}, {"title": "Later"}],
            }
        ],
        "quick_replies",
        "When?\n1. Now\n2. Later",
    ),
    "buttons": (
        [
            {
                "kind": "buttons",
                "text": "More?",
                "buttons": [{"title": "Site", "url": "https://shop.example"}],
                "footer": "Bye",
            }
        ],
        "buttons",
        "More?\n1. Site (https://shop.example)\nBye",
    ),
    "list": (
        [
            {
                "kind": "list",
                "text": "Beans",
                "button": "See",
                "sections": [{"rows": [{"title": "Doi Chang", "description": "250 g"}]}],
            }
        ],
        "list",
        "Beans\n1. Doi Chang: 250 g",
    ),
    "carousel": (
        [{"kind": "carousel", "cards": [{"title": "Mug", "buttons": [{"title": "Buy"}]}]}],
        "carousel",
        "Mug\n- Buy",
    ),
    "template": (
        [{"kind": "template", "name": "hello", "language": "en", "parameters": ["Nok"]}],
        "template",
        "[template hello (en): Nok]",
    ),
    "reaction": ([{"kind": "reaction", "emoji": "👍", "of": "m-1"}], "reaction", "👍"),
}


@pytest.mark.parametrize(("content", "kind", "text"), SENT.values(), ids=SENT.keys())
async def test_content_is_stored_and_said_in_words(
    client: aiohttp.ClientSession, conversation: str, content: Content, kind: str, text: str
) -> None:
    written = await act(client, conversation, "messages", 201, agent="anna", content=content)
    found = await last(client, conversation)
    assert (found["message_id"], found["kind"], found["text"]) == (
        written["message_id"],
        kind,
        text,
    )
    assert [each["kind"] for each in found["content"]] == ([] if kind == "text" else [kind])
    assert written["warnings"] == []


REFUSED: dict[str, tuple[Content, str]] = {
    "nothing": ([], "content"),
    "a customer's": ([{"kind": "choice", "title": "Yes"}], "choice"),
    "blank": ([{"kind": "text", "text": " "}], "must not be blank"),
    "no source": ([{"kind": "image"}], "either url or media_id"),
    "two sources": (
        [{"kind": "image", "url": "https://a.example", "media_id": str(uuid4())}],
        "either url or media_id",
    ),
    "an address of a machine": ([{"kind": "image", "url": "file:///etc/passwd"}], "http://"),
    "no id": ([{"kind": "image", "media_id": "my-picture"}], "UUID"),
    "off the earth": ([{"kind": "location", "latitude": 91, "longitude": 0}], "-90 to 90"),
    "nobody": ([{"kind": "contact", "name": "Nok"}], "phone number"),
    "two at once": (
        [
            {"kind": "location", "latitude": 1, "longitude": 1},
            {"kind": "reaction", "emoji": "👍", "of": "m-1"},
        ],
        "message of its own",
    ),
    "a text beside": (
        [{"kind": "text", "text": "Here"}, {"kind": "location", "latitude": 1, "longitude": 1}],
        "write the text into the part location",
    ),
    "a button of both": (
        [
            {
                "kind": "buttons",
                "text": "?",
                "buttons": [{"title": "a", "payload": "b", "url": "https://a.example"}],
            }
        ],
        "not both",
    ),
    "too many": (
        [{"kind": "quick_replies", "text": "?", "options": [{"title": "a"}] * 51}],
        "more than 50",
    ),
    "too long": ([{"kind": "text", "text": "x" * 20_000}] * 2, "32768"),
    "an unknown field": ([{"kind": "text", "text": "a", "colour": "red"}], "colour"),
    "NUL": ([{"kind": "text", "text": "a\x00"}], "NUL"),
}


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_can_not_be_sent_is_refused(
    client: aiohttp.ClientSession, conversation: str, content: Content, told: str
) -> None:
    refused = await act(client, conversation, "messages", 422, agent="anna", content=content)
    assert told in str(refused)
    assert (await read(client, f"/conversations/{conversation}"))["agent"] is None


async def test_text_and_content_are_one_or_the_other(
    client: aiohttp.ClientSession, conversation: str
) -> None:
    text = {"kind": "text", "text": "b"}
    both: list[dict[str, Any]] = [{}, {"text": "a", "content": [text]}]
    for given in both:
        refused = await act(client, conversation, "messages", 422, agent="anna", **given)
        assert "either text or content" in refused["detail"]


async def media(program: Application, kind: str, state: str) -> str:
    """A file of the workspace."""
    media_id = new_id()
    async with program.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            """INSERT INTO media (workspace_id, media_id, kind, state, key, stored_at)
               VALUES ($1, $2, $3, $4, CASE WHEN $4 = 'ready' THEN 'a/b' END,
                   CASE WHEN $4 = 'ready' THEN clock_timestamp() END)""",
            program.shop.workspace_id,
            media_id,
            kind,
            state,
        )
    return str(media_id)


async def test_a_file_of_ours_must_be_there_and_ready(
    program: Application, client: aiohttp.ClientSession, conversation: str
) -> None:
    async def send(media_id: str, kind: str, status: int) -> dict[str, Any]:
        content = [{"kind": kind, "media_id": media_id}]
        return await act(client, conversation, "messages", status, agent="anna", content=content)

    assert "no media" in (await send(str(uuid4()), "image", 422))["detail"]
    assert (
        "is refused"
        in (await send(await media(program, "image", "refused"), "image", 422))["detail"]
    )
    ready = await media(program, "video", "ready")
    assert "is of the kind video" in (await send(ready, "image", 422))["detail"]
    await send(ready, "video", 201)
    await send(ready, "document", 201)


async def test_a_neighbours_file_is_none(
    program: Application, client: aiohttp.ClientSession, conversation: str
) -> None:
    media_id = new_id()
    neighbour = await program.neighbour()
    async with program.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            """INSERT INTO media (workspace_id, media_id, kind, state, key, stored_at)
               VALUES ($1, $2, 'image', 'ready', 'a/b', clock_timestamp())""",
            neighbour,
            media_id,
        )
    content = [{"kind": "image", "media_id": str(media_id)}]
    refused = await act(client, conversation, "messages", 422, agent="anna", content=content)
    assert "no media" in refused["detail"]


async def test_the_same_content_again(client: aiohttp.ClientSession, conversation: str) -> None:
    def given(emoji: str) -> dict[str, Any]:
        return {
            "agent": "anna",
            "content": [{"kind": "reaction", "emoji": emoji, "of": "m-1"}],
            "message_id": which,
        }

    which = f"r-{uuid4()}"
    first = await act(client, conversation, "messages", 201, **given("👍"))
    again = await act(client, conversation, "messages", 200, **given("👍"))
    assert again["message_id"] == first["message_id"]
    refused = await act(client, conversation, "messages", 409, **given("👎"))
    assert refused["code"] == "message_conflict"
    text: dict[str, Any] = {"agent": "anna", "text": "👍", "message_id": which}
    assert (await act(client, conversation, "messages", 409, **text))["code"] == "message_conflict"


async def opened(program: Application, channel_id: UUID) -> str:
    """A conversation that begins in that channel."""
    contact, conversation = new_id(), new_id()
    async with program.db.maintenance() as maintenance:
        at = (program.shop.workspace_id, contact)
        await maintenance.connection.execute(
            "INSERT INTO contacts (workspace_id, contact_id) VALUES ($1, $2)", *at
        )
        await maintenance.connection.execute(
            """INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id)
               VALUES ($1, $3, $4, $5, $2)""",
            *at,
            conversation,
            channel_id,
            f"visitor-{conversation}",
        )
    return str(conversation)


async def test_the_chat_page_s_visitors_get_it_in_words(
    program: Application, client: aiohttp.ClientSession
) -> None:
    conversation = await opened(program, program.shop.widget.channel_id)
    content = [{"kind": "location", "latitude": 1, "longitude": 2}]
    written = await act(client, conversation, "messages", 201, agent="anna", content=content)
    assert written["warnings"] == ["widget passes on text only: the location is said in words."]


def test_a_platform_s_own_forms_are_not_warned_of() -> None:
    from rejoinder.conversations.content import File, Location

    with plugged_in():
        place = Written("here", (Location(latitude=1, longitude=2),))
        assert warnings("pigeon", place) == [
            "Pigeon post has no location of its own: the customer gets it in words, as far as that can be."
        ]
        picture = Written("[image]", (File(kind="image", url="https://a.example/b.png"),))
        assert warnings("pigeon", picture) == []
        assert warnings("rest", place) == []
        assert warnings("pigeon", Written("hello")) == []


async def test_what_is_longer_than_one_message_of_its_platform_goes_as_several(
    program: Application, client: aiohttp.ClientSession
) -> None:
    with plugged_in():
        account = {
            "platform": "pigeon",
            "name": f"Pigeon {uuid4()}",
            "credentials": {"loft": str(uuid4().int)[:12], "token": "a key of the loft"},
            "settings": {"base_url": "http://127.0.0.1:1"},
        }
        async with client.post("/api/v1/channels?verify=false", json=account) as response:
            channel_id = UUID((await response.json())["channel_id"])
        conversation = await opened(program, channel_id)
        which = f"r-{uuid4()}"
        sentences = [
            f"This is the sentence number {number} of an answer that is rather long."
            for number in range(4)
        ]
        given: dict[str, Any] = {"agent": "anna", "text": " ".join(sentences), "message_id": which}
        written = await act(client, conversation, "messages", 201, **given)
        items = (await read(client, f"/conversations/{conversation}/messages"))["items"]
        assert [each["text"] for each in items] == sentences
        assert items[0]["message_id"] == written["message_id"]
        assert [each["external_id"] for each in items] == [which, None, None, None]
        assert "goes as 4" in str(written["warnings"])
        again = await act(client, conversation, "messages", 200, **given)
        assert again["message_id"] == written["message_id"]
        async with client.delete(f"/api/v1/channels/{channel_id}?force=true") as response:
            assert response.status == 200  # nothing of it tries to leave after this test
