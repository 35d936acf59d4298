"""Drafts over HTTP: look at them, send them as they stand or in better words, throw them away."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.db import new_id
from rejoinder.llm.model import Step
from rejoinder.testing import ScriptedModel
from tests.api.answers.ask import Thread, answer, ask, held_to_drafts
from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import read
from tests.channels.rest.receiver import Receiver, receiving

ANNA = {"agent": "anna"}


@pytest.fixture
async def thread(client: aiohttp.ClientSession, model: ScriptedModel) -> Thread:
    return await held_to_drafts(client, model)


async def refused(
    client: aiohttp.ClientSession, draft: dict[str, Any], what: str, code: str = "draft_settled"
) -> dict[str, Any]:
    """A draft that can't be settled (again), and why."""
    path = f"/api/v1/drafts/{draft['draft_id']}/{what}"
    async with client.post(path, json=ANNA) as response:
        return await problem(response, 409, code)


async def test_a_draft_is_looked_at_and_sent(client: aiohttp.ClientSession, thread: Thread) -> None:
    draft = await thread.drafted("We open at nine.")
    assert (draft["text"], draft["state"], draft["content"]) == ("We open at nine.", "open", [])
    assert (draft["settled_at"], draft["settled_by"], draft["message_id"]) == (None, None, None)
    assert await read(client, f"/drafts/{draft['draft_id']}") == draft
    sent = await ask(client, "POST", f"/drafts/{draft['draft_id']}/send", json=ANNA)
    said = (await thread.said())[-1]
    assert sent["message_ids"] == [said["message_id"]]
    assert (said["text"], said["sender_type"], said["sender_id"]) == (draft["text"], "ai", "anna")
    assert (said["status"], said["turn_id"]) == ("sent", draft["turn_id"])
    found = await read(client, f"/drafts/{draft['draft_id']}")
    assert (found["state"], found["settled_by"]) == ("sent", "anna")
    assert (found["message_id"], found["settled_at"] is None) == (said["message_id"], False)
    assert (await read(client, f"/conversations/{thread.conversation_id}"))["state"] == "bot"


async def test_until_it_is_sent_nothing_was_answered(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    thread.model.script.append(answer("We open at nine."))
    outcome = await thread.says("When?")
    assert (outcome["status"], outcome["replies"]) == ("silent", [])
    (draft,) = await thread.drafts()
    await ask(client, "POST", f"/drafts/{draft['draft_id']}/send", json=ANNA)
    now = await read(client, f"/messages/{outcome['message_id']}")
    assert (now["status"], [each["text"] for each in now["replies"]]) == (
        "answered",
        ["We open at nine."],
    )


async def test_in_better_words(client: aiohttp.ClientSession, thread: Thread) -> None:
    draft = await thread.drafted()
    text = "Às nove, “como sempre”. ขอบคุณค่ะ 😀"
    path = f"/drafts/{draft['draft_id']}"
    await ask(client, "POST", f"{path}/send", json=ANNA | {"text": text})
    said = (await thread.said())[-1]
    assert (said["text"], said["metadata"]["edited"]) == (text, True)
    assert (await read(client, path))["text"] == "We open at nine."


async def test_thrown_away(client: aiohttp.ClientSession, thread: Thread) -> None:
    draft = await thread.drafted()
    gone = await ask(client, "POST", f"/drafts/{draft['draft_id']}/discard", json=ANNA)
    assert (gone["state"], gone["settled_by"], gone["message_id"]) == ("discarded", "anna", None)
    assert len(await thread.said()) == 1
    for what in ("send", "discard"):
        assert "discarded" in (await refused(client, draft, what))["detail"]


async def test_what_was_sent_is_not_sent_again(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted()
    await ask(client, "POST", f"/drafts/{draft['draft_id']}/send", json=ANNA)
    for what in ("send", "discard"):
        assert "sent" in (await refused(client, draft, what))["detail"]
    assert len(await thread.said()) == 2


async def test_of_many_at_once_one_sends_it(client: aiohttp.ClientSession, thread: Thread) -> None:
    draft = await thread.drafted()

    async def settle(number: int) -> int:
        path = f"/api/v1/drafts/{draft['draft_id']}/{'send' if number % 3 else 'discard'}"
        async with client.post(path, json={"agent": f"person {number}"}) as response:
            return response.status

    assert sorted(await asyncio.gather(*map(settle, range(12)))) == [200] + [409] * 11
    found = await read(client, f"/drafts/{draft['draft_id']}")
    assert len(await thread.said()) == 1 + (found["state"] == "sent")


async def test_what_the_customer_writes_next_outdates_it_at_once(
    program: Application, client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted()
    thread.model.hold()
    given = {"conversation_id": thread.thread_key, "text": "On Sunday, I mean"}
    await ask(client, "POST", "/messages", 202, json=given)
    assert (await read(client, f"/drafts/{draft['draft_id']}"))["state"] == "outdated"
    assert await thread.drafts(state="open") == []
    await refused(client, draft, "send")
    thread.model.release()
    await thread.says("Hello?")
    newer, older = await thread.drafts()
    assert (newer["state"], older["state"]) == ("open", "outdated")
    assert [each["draft_id"] for each in await thread.drafts(state="outdated")] == [
        draft["draft_id"]
    ]
    assert len(await thread.said()) == 1


@pytest.mark.parametrize("what", ["takeover", "close"])
async def test_who_takes_over_or_closes_settles_it(
    client: aiohttp.ClientSession, thread: Thread, what: str
) -> None:
    draft = await thread.drafted()
    await ask(client, "POST", f"/conversations/{thread.conversation_id}/{what}", json=ANNA)
    found = await read(client, f"/drafts/{draft['draft_id']}")
    assert (found["state"], found["settled_at"] is None) == ("outdated", False)
    code = "conversation_closed" if what == "close" else "draft_settled"
    await refused(client, draft, "send", code)


async def test_written_by_hand_instead(client: aiohttp.ClientSession, thread: Thread) -> None:
    draft = await thread.drafted()
    path = f"/conversations/{thread.conversation_id}/messages"
    await ask(client, "POST", path, 201, json=ANNA | {"text": "At nine."})
    assert (await read(client, f"/drafts/{draft['draft_id']}"))["state"] == "outdated"


async def test_a_customer_who_left_is_not_written_to(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted()
    found = await read(client, f"/conversations/{thread.conversation_id}")
    wish = {"change": "opt_out", "channel_id": found["channel_id"], "words": "On the phone."}
    await ask(client, "POST", f"/contacts/{found['contact_id']}/consents", 201, json=wish)
    await refused(client, draft, "send", "opted_out")
    assert len(await thread.said()) == 1


TAP = Step("send_quick_replies", {"options": [{"title": "Red"}, {"title": "Blue"}]})
CARDS = Step("send_carousel", {"cards": [{"title": "Mug", "text": "320 THB"}]})


async def test_replies_to_tap_and_cards_go_as_such(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted(answer("Which colour?", TAP, CARDS))
    assert [[part["kind"] for part in each] for each in draft["content"]] == [
        ["carousel"],
        ["quick_replies"],
    ]
    sent = await ask(client, "POST", f"/drafts/{draft['draft_id']}/send", json=ANNA)
    said = (await thread.said())[1:]
    assert [each["message_id"] for each in said] == sent["message_ids"]
    assert [each["kind"] for each in said] == ["carousel", "quick_replies"]
    assert [each["content"] for each in said] == draft["content"]


async def test_a_person_who_is_called_finds_the_draft(
    client: aiohttp.ClientSession, thread: Thread
) -> None:
    over = Step("transfer_to_agent", {"reason": "wants a special price"})
    draft = await thread.drafted(answer("A colleague will look at that.", over))
    assert (await read(client, f"/conversations/{thread.conversation_id}"))["state"] == "waiting"
    await ask(client, "POST", f"/drafts/{draft['draft_id']}/send", json=ANNA)
    assert (await thread.said())[-1]["text"] == "A colleague will look at that."
    assert (await read(client, f"/conversations/{thread.conversation_id}"))["state"] == "waiting"


async def test_page_by_page(client: aiohttp.ClientSession, thread: Thread) -> None:
    for number in range(3):
        await thread.drafted(f"Answer {number}.", f"Question {number}?")
    path = f"/conversations/{thread.conversation_id}/drafts"
    everything = await thread.drafts()
    assert [each["text"] for each in everything] == ["Answer 2.", "Answer 1.", "Answer 0."]
    first = await read(client, path, limit="2")
    assert first == {"items": everything[:2], "next": everything[1]["draft_id"]}
    rest = await read(client, path, limit="2", before=first["next"])
    assert rest == {"items": everything[2:], "next": None}
    by_name = f"/conversations/{thread.thread_key}/drafts"
    assert (await read(client, by_name, by="external"))["items"] == everything


async def test_what_is_not_there_or_not_one_s_own_is_told(
    program: Application, client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted()
    elsewhere = await program.token("admin", await program.neighbour())
    async with program.client(elsewhere) as other:
        for who, which in ((client, str(new_id())), (other, draft["draft_id"])):
            for method, path in (("GET", ""), ("POST", "/send"), ("POST", "/discard")):
                given = None if method == "GET" else ANNA
                async with who.request(
                    method, f"/api/v1/drafts/{which}{path}", json=given
                ) as response:
                    await problem(response, 404, "not_found")
        listing = f"/conversations/{thread.conversation_id}/drafts"
        await ask(other, "GET", listing, 404)
    assert (await thread.drafts())[0]["state"] == "open"


async def test_it_needs_an_operators_token(program: Application, thread: Thread) -> None:
    draft = await thread.drafted()
    async with program.client(await program.token(scope="ingest")) as caller:
        await ask(caller, "GET", f"/drafts/{draft['draft_id']}", 403)
        await ask(caller, "GET", f"/conversations/{thread.conversation_id}/drafts", 403)
        for what in ("send", "discard"):
            await ask(caller, "POST", f"/drafts/{draft['draft_id']}/{what}", 403, json=ANNA)
    assert (await thread.drafts())[0]["state"] == "open"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"agent": " "},
        ANNA | {"text": ""},
        ANNA | {"text": " \n"},
        ANNA | {"text": "a\x00"},
        ANNA | {"text": "x" * 32_769},
        ANNA | {"text": 5},
        ANNA | {"force": True},
    ],
)
async def test_rubbish_sends_nothing(
    client: aiohttp.ClientSession, thread: Thread, body: dict[str, Any]
) -> None:
    draft = await thread.drafted()
    await ask(client, "POST", f"/drafts/{draft['draft_id']}/send", 422, json=body)
    assert (await read(client, f"/drafts/{draft['draft_id']}"))["state"] == "open"
    assert len(await thread.said()) == 1


@pytest.mark.parametrize("query", [{"limit": "0"}, {"before": "x"}, {"state": "new"}])
async def test_a_list_says_what_it_takes(
    client: aiohttp.ClientSession, thread: Thread, query: dict[str, str]
) -> None:
    path = f"/conversations/{thread.conversation_id}/drafts"
    await ask(client, "GET", path, 422, params=query)


async def channel(client: aiohttp.ClientSession, receiver: Receiver) -> str:
    """A channel whose replies are posted to the receiver."""
    given = {
        "platform": "rest",
        "name": f"Shop {uuid4()}",
        "settings": {"callback_url": receiver.url},
    }
    made = await ask(client, "POST", "/channels", 201, json=given)
    receiver.secret = made["signing_secret"]
    return str(made["channel_id"])


async def test_where_replies_are_sent_it_is_delivered_once(
    client: aiohttp.ClientSession, model: ScriptedModel
) -> None:
    async with receiving() as receiver:
        thread = await held_to_drafts(client, model, await channel(client, receiver))
        await receiver.called(1)
        draft = await thread.drafted()
        statuses = await asyncio.gather(
            *(client.post(f"/api/v1/drafts/{draft['draft_id']}/send", json=ANNA) for _ in range(3))
        )
        assert sorted(each.status for each in statuses) == [200, 409, 409]
        thread.model.script.append(answer("A second one."))
        await thread.says("And Sunday?")
        (second,) = await thread.drafts(state="open")
        await ask(client, "POST", f"/drafts/{second['draft_id']}/send", json=ANNA)
        await receiver.called(3)
        assert receiver.texts[1:] == ["We open at nine.", "A second one."]
        assert len(receiver.ids) == 3
        steps = await read(client, f"/conversations/{thread.conversation_id}/actions")
        assert [each["action_type"] for each in steps["items"]] == ["send_message"] * 3


async def test_what_happens_to_drafts_is_in_the_log(
    program: Application, client: aiohttp.ClientSession, thread: Thread
) -> None:
    draft = await thread.drafted()
    await ask(client, "POST", f"/drafts/{draft['draft_id']}/discard", json=ANNA)
    async with program.db.read(program.shop.workspace_id) as connection:
        rows = await connection.connection.fetch(
            """SELECT event_type, data FROM events
               WHERE workspace_id = $1 AND conversation_id = $2 AND event_type LIKE 'draft%' ORDER BY seq""",
            program.shop.workspace_id,
            thread.conversation_id,
        )
    assert [tuple(row) for row in rows] == [
        ("draft.created", {"draft_id": draft["draft_id"], "turn_id": draft["turn_id"]}),
        ("draft.settled", {"draft_id": draft["draft_id"], "as": "discarded", "by": "anna"}),
    ]
