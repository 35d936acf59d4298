"""A model that fails for a while, and one that fails for good."""

from __future__ import annotations

from uuid import UUID

import pytest

from rejoinder.db import new_id
from rejoinder.errors import Conflict, ModelRefused, ModelThrottled, ModelTransient, NotFound
from rejoinder.queue.dead_letters import store as letters
from rejoinder.queue.dead_letters.model import DeadLetter
from rejoinder.testing import ScriptedModel
from rejoinder.turns.hands.replay import answer_again, discard, replay
from rejoinder.turns.hands.take_over import take
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import FALLBACK, Shop

pytestmark = pytest.mark.usefixtures("work")

OVERLOADED = ModelTransient("Overloaded.")


async def dead_letters(shop: Shop, *, is_open: bool = True) -> list[DeadLetter]:
    async with shop.db.read(shop.workspace_id) as read:
        return await letters.page(read, UUID(int=0), 50, is_open=is_open)


async def given_up(shop: Shop, model: ScriptedModel) -> DeadLetter:
    """A conversation whose turn has just failed; its dead letter."""
    model.script.append(ModelRefused("The key is wrong."))
    await shop.outcome(await shop.says("When do you open?"))
    (letter,) = await dead_letters(shop)
    return letter


async def test_an_attempt_that_failed_is_followed_by_another(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(retry_seconds=0)
    model.script.extend([OVERLOADED, OVERLOADED])
    message = await shop.says("Hello")
    assert (await shop.outcome(message)).status == "answered"
    assert await shop.attempts() == [(1, "failed"), (2, "failed"), (3, "committed")]
    assert await dead_letters(shop) == []


async def test_what_the_customer_writes_in_the_pause_is_answered_with_it(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(retry_seconds=600)
    model.script.append(OVERLOADED)
    first = await shop.says("one")

    async def pausing() -> bool:
        return await shop.attempts() == [(1, "failed")]

    await eventually(pausing)
    second = await shop.says("two")
    assert second.turn_id == first.turn_id
    ((pause,),) = await shop.sql(
        """SELECT due_at - clock_timestamp() > interval '9 minutes' FROM turns
           WHERE workspace_id = $1"""
    )
    assert pause, "a new message does not cut the pause short"


async def test_a_provider_that_asks_for_a_pause_gets_it(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(retry_seconds=0)
    model.script.append(ModelThrottled("Slow down.", retry_after=300))
    await shop.says("one")

    async def due() -> float | None:
        rows = await shop.sql(
            """SELECT extract(epoch FROM due_at - clock_timestamp())::float8 FROM turns
               WHERE workspace_id = $1 AND state = 'waiting' AND attempt = 1"""
        )
        return rows[0][0] if rows else None

    assert 290 < (await eventually(due) or 0) <= 300


async def test_after_the_last_attempt_a_person_is_told_and_the_error_kept(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(retry_seconds=0)
    model.script.extend([OVERLOADED] * 3)
    message = await shop.says("Hello")
    assert (await shop.outcome(message)).status == "failed"
    assert await shop.replies(message) == [FALLBACK]
    assert (await shop.conversation(message)).state == "waiting"
    (letter,) = await dead_letters(shop)
    assert (letter.kind, letter.attempts) == ("turn", 3)
    assert "Overloaded." in letter.error


async def test_a_refusal_is_not_tried_again(shop: Shop, model: ScriptedModel) -> None:
    letter = await given_up(shop, model)
    assert letter.attempts == len(model.calls) == 1
    assert "The key is wrong." in letter.error


async def test_it_can_be_replayed_once(shop: Shop, model: ScriptedModel) -> None:
    letter = await given_up(shop, model)
    later = await shop.says("Is anyone there?")  # for the person who was called, who never came
    done = await replay(shop.db, shop.workspace_id, letter.dead_letter_id, "anna")
    outcome = await shop.outcome(later)
    assert (outcome.status, outcome.turn_id) == ("answered", done.turn_id)
    assert await shop.replies(later) == [
        FALLBACK,
        "Read: When do you open? | Is anyone there?",
    ]
    assert (await shop.conversation(later)).state == "bot"
    with pytest.raises(Conflict, match="replayed already"):
        await replay(shop.db, shop.workspace_id, letter.dead_letter_id, "anna")
    (resolved,) = await dead_letters(shop, is_open=False)
    assert (resolved.resolution, resolved.resolved_by, resolved.replayed_as) == (
        "replayed",
        "anna",
        done.turn_id,
    )


async def test_it_is_not_replayed_over_a_person(shop: Shop, model: ScriptedModel) -> None:
    letter = await given_up(shop, model)
    await take(shop.db, shop.workspace_id, letter.conversation_id, "anna")
    with pytest.raises(Conflict, match="anna holds"):
        await replay(shop.db, shop.workspace_id, letter.dead_letter_id, "bo")
    assert [open_.dead_letter_id for open_ in await dead_letters(shop)] == [letter.dead_letter_id]


async def test_it_can_be_put_away(shop: Shop, model: ScriptedModel) -> None:
    letter = await given_up(shop, model)
    await discard(shop.db, shop.workspace_id, letter.dead_letter_id, "anna")
    assert await dead_letters(shop) == []
    with pytest.raises(Conflict, match="discarded already"):
        await replay(shop.db, shop.workspace_id, letter.dead_letter_id, "anna")


async def test_one_that_is_gone_is_told(shop: Shop) -> None:
    for act in (replay, discard):
        with pytest.raises(NotFound):
            await act(shop.db, shop.workspace_id, new_id(), "anna")


async def test_a_message_that_was_answered_is_not_answered_again(
    shop: Shop, model: ScriptedModel
) -> None:
    message = await shop.says("Hello")
    await shop.outcome(message)
    with pytest.raises(Conflict, match="answered already"):
        await answer_again(shop.db, shop.workspace_id, message.message_id, "anna")


async def test_one_that_failed_is(shop: Shop, model: ScriptedModel) -> None:
    await given_up(shop, model)
    ((message_id,),) = await shop.sql(
        "SELECT message_id FROM messages WHERE workspace_id = $1 AND direction = 'inbound'"
    )
    await answer_again(shop.db, shop.workspace_id, message_id, "anna")
    await model.called(2)
    assert await dead_letters(shop) == []
