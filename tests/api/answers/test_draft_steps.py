"""What a draft does beside its texts is done when a person sends it, and no sooner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
import pytest

from rejoinder.channels.text.pack import Packed
from rejoinder.conversations.content import Card, Carousel
from rejoinder.db import Batch, new_id
from rejoinder.llm.model import Step
from rejoinder.testing import ScriptedModel
from rejoinder.turns.drafts import store
from tests.api.answers.ask import Thread, answer, ask, held_to_drafts
from tests.api.application import Application
from tests.api.say import read

ANNA = {"agent": "anna"}
TAP = Step("send_quick_replies", {"options": [{"title": "Red"}, {"title": "Blue"}]})
CARDS = Step("send_carousel", {"cards": [{"title": "Mug", "text": "320 THB"}]})
EMAIL = Step("collect_info", {"field": "email", "kind": "email", "text": "Your e-mail?"})
END = Step("end_conversation", {"reason": "all is said"})


@pytest.fixture
async def thread(client: aiohttp.ClientSession, model: ScriptedModel) -> Thread:
    return await held_to_drafts(client, model)


async def sent(client: aiohttp.ClientSession, draft: dict[str, Any], **body: Any) -> list[Any]:
    """The draft is sent: the ids of its messages."""
    path = f"/drafts/{draft['draft_id']}/send"
    told = await ask(client, "POST", path, json=ANNA | body)
    found: list[Any] = told["message_ids"]
    return found


async def steps(client: aiohttp.ClientSession, thread: Thread) -> list[tuple[str, str]]:
    """What the conversation's answers did after the first, each with its status."""
    found = await read(client, f"/conversations/{thread.conversation_id}/actions")
    return [(each["action_type"], each["status"]) for each in found["items"][1:]]


async def test_what_is_tapped_is_recorded_as_such(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted(answer("Which colour?", TAP, CARDS))
    assert [each["type"] for each in draft["actions"]] == ["send_carousel", "send_quick_replies"]
    assert await steps(client, thread) == []
    await sent(client, draft)
    assert await steps(client, thread) == [
        ("send_carousel", "sent"),
        ("send_quick_replies", "sent"),
    ]
    told = [each["metadata"]["actions"] for each in (await thread.said())[1:]]
    assert [[action["type"] for action in each] for each in told] == [
        ["send_carousel"],
        ["send_quick_replies"],
    ]


async def test_other_words_keep_what_is_tapped(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted(answer("Which colour?", TAP, CARDS))
    await sent(client, draft, text="Red or blue?")
    cards, tapped = (await thread.said())[1:]
    assert [part["kind"] for part in cards["content"]] == ["carousel"]
    assert tapped["content"][0]["text"] == "Red or blue?"
    assert [each["title"] for each in tapped["content"][0]["options"]] == ["Red", "Blue"]


async def test_a_person_may_leave_steps_out(client: aiohttp.ClientSession, thread: Thread) -> None:
    draft = await thread.drafted(answer("Which colour?", TAP, CARDS))
    await sent(client, draft, without=["send_quick_replies", "send_carousel"])
    (said,) = (await thread.said())[1:]
    assert (said["text"], said["kind"], said["content"]) == ("Which colour?", "text", [])
    assert await steps(client, thread) == [("send_message", "sent")]


async def test_nothing_left_is_nothing_sent(
    program: Application, client: aiohttp.ClientSession, thread: Thread
) -> None:
    before, only = await thread.drafted(), new_id()
    cards = Packed("Mug", (Carousel(cards=(Card(title="Mug"),)),))
    async with program.db.transaction(program.shop.workspace_id) as tx:
        batch = Batch(tx)
        store.add(batch, only, UUID(thread.conversation_id), UUID(before["turn_id"]), [cards])
        await batch.send()
    given = ANNA | {"without": ["send_carousel"]}
    told = await ask(client, "POST", f"/drafts/{only}/send", 422, json=given)
    assert (told["where"], "text" in told["mend"]) == ("without", True)
    assert (await read(client, f"/drafts/{only}"))["state"] == "open"


async def test_what_a_draft_asks_for_is_waited_for_once_it_is_sent(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted(answer("Gladly. Your e-mail?", EMAIL))
    assert [each["type"] for each in draft["actions"]] == ["collect_info"]
    assert await steps(client, thread) == []
    await sent(client, draft, text="Gladly. Where shall we write?")
    assert (await thread.said())[-1]["text"] == "Gladly. Where shall we write?"
    assert await steps(client, thread) == [("send_message", "sent"), ("collect_info", "waiting")]
    await thread.drafted("Thank you.", "ana@example.com")
    assert ("collect_info", "done") in await steps(client, thread)
    found = await read(client, f"/conversations/{thread.conversation_id}")
    contact = await read(client, f"/contacts/{found['contact_id']}")
    assert contact["attributes"] == {"email": "ana@example.com"}


async def test_a_second_question_takes_the_place_of_the_first(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    await sent(client, await thread.drafted(answer("Your e-mail?", EMAIL)))
    size = Step("collect_info", {"field": "size", "kind": "text", "text": "Which size?"})
    await sent(client, await thread.drafted(answer("Which size?", size), "Do you sell shirts?"))
    assert await steps(client, thread) == [
        ("send_message", "sent"),
        ("collect_info", "cancelled"),
        ("send_message", "sent"),
        ("collect_info", "waiting"),
    ]


async def test_a_draft_that_ends_the_conversation_closes_it_when_it_is_sent(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted(answer("Goodbye.", END))
    path = f"/conversations/{thread.conversation_id}"
    assert (await read(client, path))["state"] == "bot"
    await sent(client, draft)
    assert (await read(client, path))["state"] == "closed"
    assert await steps(client, thread) == [("send_message", "sent"), ("end_conversation", "done")]


async def test_it_stays_open_where_the_person_says_so(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted(answer("Goodbye.", END))
    await sent(client, draft, text="Anything else?", without=["end_conversation"])
    assert (await read(client, f"/conversations/{thread.conversation_id}"))["state"] == "bot"
    assert await steps(client, thread) == [("send_message", "sent")]
