"""Outcomes in the documents' words, those among them that no test can wait for."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from pydantic import JsonValue

from rejoinder.api.reference.result import pancake_result, result
from rejoinder.turns.outcome.read import Outcome
from rejoinder.turns.outcome.store import Answer, Said

TURN = UUID(int=7)
PENDING = Outcome(
    message_id=UUID(int=1),
    conversation_id=UUID(int=2),
    thread_key="conv_1",
    external_id="msg_1",
    turn_id=TURN,
    status="pending",
    answered_by=None,
    provider=None,
    model=None,
    reason=None,
    replies=(),
)


def said(delivery: str | None, error: str | None = None, **metadata: JsonValue) -> Answer:
    """One reply, and how far it got."""
    return Answer([Said("Hi.", metadata, delivery, error)], [], None)


def test_pending_names_the_turn_to_ask_for() -> None:
    told = result("msg_1", PENDING, None, sends=True).model_dump(exclude_unset=True)
    assert told == {
        "status": "pending",
        "reason": None,
        "message_id": "msg_1",
        "turn_id": str(TURN),
        "storage_backend": "PostgreSQL",
        "distributed_lock_used": True,
    }


def test_silent_has_no_answer() -> None:
    silent = replace(PENDING, status="silent", reason="cancelled by the admin API")
    told = result("msg_1", silent, Answer([], [], None), sends=True).model_dump(exclude_unset=True)
    assert (told["status"], told["reason"]) == ("silent", "cancelled by the admin API")
    assert "ai_response" not in told


def test_newer_messages_of_a_conversation_handed_off_need_no_restart() -> None:
    """They are the person's."""
    handed = replace(PENDING, status="handed_off")
    newer = Answer([], [("msg_2", 1699123457.789)], None)
    told = result("msg_1", handed, newer, sends=True)
    assert (told.status, told.newer_messages) == ("handed_off", [])
    assert told.pancake_result is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (said("sent"), {"status": "success", "actions_executed": 1}),
        (said("read"), {"status": "success", "actions_executed": 1}),
        (
            said("sent", pancake_result={"actions_executed": 5, "note": "ok"}),
            {"status": "success", "actions_executed": 5, "note": "ok"},
        ),
        (said("sent", pancake_result={}), {"status": "success", "actions_executed": 1}),
        (said("sent", pancake_result=None), {"status": "success", "actions_executed": 1}),
        (
            said("queued", "Pancake answered 500"),
            {"status": "pending", "actions_executed": 0, "error": "Pancake answered 500"},
        ),
        (said("sending"), {"status": "pending", "actions_executed": 0}),
        (said("withheld"), {"status": "withheld", "actions_executed": 0}),
        (said("unknown", "lost"), {"status": "unknown", "actions_executed": 0, "error": "lost"}),
        (said("failed", "400"), {"status": "failed", "actions_executed": 0, "error": "400"}),
        (Answer([], [], None), None),
    ],
)
def test_what_became_of_the_delivery(answer: Answer, expected: dict[str, JsonValue] | None) -> None:
    assert pancake_result(answer, sends=True) == expected


def test_of_two_replies_the_one_that_stands_still_is_told() -> None:
    both = Answer([*said("sent").replies, *said("failed", "400").replies], [], None)
    told = pancake_result(both, sends=True)
    assert told == {"status": "failed", "actions_executed": 1, "error": "400"}
