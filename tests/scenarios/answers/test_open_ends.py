"""What was open between bot and customer is settled when a person comes, or nobody is there any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.errors import ModelRefused, ModelTransient
from rejoinder.inbound.model import Received
from rejoinder.llm.model import Step
from rejoinder.testing import ScriptedModel
from rejoinder.turns.drafts import store as drafts
from rejoinder.turns.hands.close import close
from rejoinder.turns.hands.drafts import send
from rejoinder.turns.hands.release import release
from rejoinder.turns.hands.take_over import take
from tests.scenarios.answers.test_actions import ASK_EMAIL
from tests.scenarios.answers.told import TELLS, WANTS_PERSON, answered
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import FALLBACK, Shop

pytestmark = pytest.mark.usefixtures("work")

OVER = Step("transfer_to_agent", {"reason": "wants a discount"})

ASKED = """
SELECT a.status, a.error, a.done_at IS NULL, c.collecting FROM actions a
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = a.conversation_id
WHERE a.workspace_id = $1 AND a.action_type = 'collect_info'
"""


async def takes(shop: Shop, message: Received) -> None:
    await take(shop.db, shop.workspace_id, message.conversation_id, "anna")


async def closes(shop: Shop, message: Received) -> None:
    await close(shop.db, shop.workspace_id, message.conversation_id, "anna")


async def writes(shop: Shop, message: Received) -> None:
    await shop.says("I am Anna.", sender_type="agent", customer="anna")


async def asks_person(shop: Shop, message: Received) -> None:
    assert (await shop.outcome(await shop.says(WANTS_PERSON["en"]))).status == "handed_off"


HANDS: list[Callable[[Shop, Received], Awaitable[None]]] = [takes, closes, writes, asks_person]


async def asked(shop: Shop, model: ScriptedModel) -> Received:
    """The bot has asked for an address, and waits for it."""
    model.script.append(answered("Gladly.", steps=(ASK_EMAIL,)))
    message = await shop.says("Send me the catalogue")
    await shop.outcome(message)
    ((status, _, is_open, collecting),) = await shop.sql(ASKED)
    assert (status, is_open, collecting["field"]) == ("waiting", True, "email")
    return message


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.__name__)
async def test_nobody_waits_for_what_was_asked_before(
    shop: Shop, model: ScriptedModel, hand: Callable[[Shop, Received], Awaitable[None]]
) -> None:
    await hand(shop, await asked(shop, model))
    ((status, error, is_open, collecting),) = await shop.sql(ASKED)
    assert (status, is_open, collecting) == ("cancelled", False, None)
    assert error


async def test_a_bot_that_is_back_does_not_ask_on(shop: Shop, model: ScriptedModel) -> None:
    message = await asked(shop, model)
    await takes(shop, message)
    await release(shop.db, shop.workspace_id, message.conversation_id, "anna")
    await shop.outcome(await shop.says("ann at example"))
    assert len(model.calls) == 2, "it is no wrong address, it is a message like any other"


async def test_a_model_that_fails_leaves_no_question_open(shop: Shop, model: ScriptedModel) -> None:
    await asked(shop, model)
    model.script.append(ModelRefused("It says no.", mend="Ask another."))
    assert (await shop.outcome(await shop.says("Do you have red ones?"))).status == "failed"
    ((status, _, _, collecting),) = await shop.sql(ASKED)
    assert (status, collecting) == ("cancelled", None)


async def test_an_answer_in_the_same_breath_is_kept(shop: Shop, model: ScriptedModel) -> None:
    """What they told is known before the person comes."""
    await asked(shop, model)
    model.script.append(answered("Someone will.", steps=(OVER,)))
    await shop.outcome(await shop.says("ann@example.com, and a discount please"))
    ((status, _, _, collecting),) = await shop.sql(ASKED)
    assert (status, collecting) == ("done", None)


@pytest.mark.parametrize("mode", ["draft", "analyse"])
async def test_a_bot_that_may_not_speak_says_nothing_when_its_model_stays_away(
    opens: OpenShop, model: ScriptedModel, mode: str
) -> None:
    """The fallback text is an answer too: a person sends it, or nobody."""
    settings = BotSettings.model_validate({"mode": mode})
    shop = await opens(settings=settings, max_attempts=1, retry_seconds=0.01)
    model.script += [ModelTransient("Away.", mend="Wait.")] * 3
    message = await shop.says("When do you open?")
    await shop.outcome(message)
    assert await shop.replies(message) == []
    async with shop.db.read(shop.workspace_id) as read:
        found = await drafts.drafts(read, message.conversation_id, None, 10)
    assert [each.text for each in found] == ([FALLBACK] if mode == "draft" else [])


async def test_a_draft_in_pieces_is_sent_as_it_was_packed(
    opens: OpenShop, model: ScriptedModel
) -> None:
    """On LINE five texts go in one message: sending the draft must not take them apart."""
    settings = BotSettings.model_validate({"mode": "draft", "check": {"off": ["too_long"]}})
    shop = await opens(settings=settings, platform="line")
    long = " ".join(f"{number}. {TELLS['en']}" for number in range(400))
    model.script.append(answered(long))
    message = await shop.says("Tell me everything")
    await shop.outcome(message)
    async with shop.db.read(shop.workspace_id) as read:
        (draft,) = await drafts.drafts(read, message.conversation_id, None, 10)
    sent = await send(shop.db, shop.workspace_id, draft.draft_id, "anna")
    assert len(sent.message_ids) == len(draft.messages)
    assert [m.content for m in await shop.messages(message) if m.direction == "outbound"] == [
        [part.model_dump(exclude_none=True) for part in each.parts] for each in draft.messages
    ]
