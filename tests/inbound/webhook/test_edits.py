"""Customers change and take back messages; what arrives out of order ends as the customer left it."""

from __future__ import annotations

from typing import Any

from rejoinder.inbound.intake.decide import TRIES
from tests.inbound.webhook.edge import Edge, said


def edited(external_id: str, text: str, at: float) -> dict[str, Any]:
    return {"is": "edited", "id": external_id, "text": text, "at": at}


def taken_back(external_id: str, at: float = 9) -> dict[str, Any]:
    return {"is": "taken back", "id": external_id, "at": at}


async def test_a_message_says_what_it_was_changed_to(edge: Edge) -> None:
    assert await edge.post(said("mae", "a", "Tow"), edited("a", "Two", 1)) == 200
    assert await edge.texts("mae") == ["Two"]


async def test_an_edit_before_its_message_waits_for_it(edge: Edge) -> None:
    assert await edge.post(edited("a", "Two", 1)) == 200
    ((state, reason),) = await edge.intake()
    assert (state, reason) == ("waiting", "the message a, which it changes, is not there")
    await edge.apply_waiting()
    assert await edge.post(said("mae", "a", "Tow")) == 200, "a message never queues behind an edit"
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["Two"]
    assert [state for state, _ in await edge.intake()] == ["applied"]


async def test_a_late_edit_does_not_undo_a_newer_one(edge: Edge) -> None:
    await edge.post(edited("a", "Second", 1))
    await edge.post(said("mae", "a", "First"))
    await edge.post(edited("a", "Third", 2))
    await edge.apply_waiting()
    assert await edge.texts("mae") == ["Third"]


async def test_a_message_taken_back_before_it_came(edge: Edge) -> None:
    await edge.post(taken_back("a"))
    await edge.post(said("mae", "a", "Secret"))
    await edge.apply_waiting()
    assert await edge.texts("mae") == [""]


async def test_an_edit_of_what_was_taken_back_is_nothing(edge: Edge) -> None:
    assert await edge.post(said("mae", "a"), taken_back("a"), edited("a", "Again", 1)) == 200
    assert await edge.texts("mae") == [""]
    assert await edge.intake() == []


async def test_the_first_webhook_again_brings_nothing_back(edge: Edge) -> None:
    await edge.post(said("mae", "a", "Secret"))
    await edge.post(taken_back("a"))
    await edge.post(said("mae", "a", "Secret"))
    assert await edge.texts("mae") == [""]


async def test_what_a_closed_conversation_holds_is_changed_quietly(edge: Edge) -> None:
    await edge.post(said("mae", "a", "Secret"), said("mae", "b", "Tow"))
    await edge.sql("UPDATE turns SET state = 'cancelled', ended_at = now() WHERE workspace_id = $1")
    await edge.sql(
        "UPDATE conversations SET state = 'closed', closed_at = now() WHERE workspace_id = $1"
    )
    assert await edge.post(taken_back("a"), edited("b", "Two", 1)) == 200
    assert await edge.texts("mae") == ["", "Two"]
    assert await edge.intake() == []


async def test_what_an_agent_answers_is_changed_quietly(edge: Edge) -> None:
    await edge.post(said("mae", "a", "Tow"))
    await edge.sql("UPDATE turns SET state = 'cancelled', ended_at = now() WHERE workspace_id = $1")
    await edge.sql("UPDATE conversations SET state = 'agent' WHERE workspace_id = $1")
    assert await edge.post(edited("a", "Two", 1)) == 200
    assert await edge.texts("mae") == ["Two"]


async def test_an_edit_whose_message_never_comes_is_given_to_a_person(edge: Edge) -> None:
    await edge.post(edited("a", "Two", 1))
    await edge.sql("UPDATE intake SET attempts = $2 WHERE workspace_id = $1", TRIES - 1)
    await edge.apply_waiting()
    assert await edge.intake() == [("quarantined", "the message a, which it changes, is not there")]
