"""Actions in PostgreSQL: written with the answer, shown with their deliveries, settled by what the customer says."""

from __future__ import annotations

from uuid import UUID

import pytest

from rejoinder.actions import store
from rejoinder.actions.collect import Again, Cancelled, Collecting, GaveUp, Got, Kept, begin
from rejoinder.actions.model import Action, CollectInfo, SendQuickReplies, TransferToAgent
from rejoinder.actions.parts import messages
from rejoinder.actions.plan import Plan, plan
from rejoinder.actions.record import rows
from rejoinder.actions.settle import settle
from rejoinder.actions.store import NewAction, Shown
from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.contacts.model import Identity
from rejoinder.conversations.contacts.profile import store as profile
from rejoinder.conversations.content import Option
from rejoinder.db import Batch, Database, Tx, new_id
from rejoinder.outbound.queue import queue_replies
from tests.actions.shop import NOW, Shop

TAP = SendQuickReplies("", (Option(title="Yes"),))
EMAIL = CollectInfo("email", "Your e-mail?", "email")
NAME = CollectInfo("name", "Your name?", "name")


@pytest.fixture
async def shop(db: Database, workspace_id: UUID) -> Shop:
    return await Shop.opened(db, workspace_id)


async def answer(shop: Shop, reply: str, actions: list[Action]) -> list[NewAction]:
    """What a commit writes of an answer's actions."""
    planned = plan(reply, actions)
    ready = messages("line", planned)
    replies = [shop.reply(each) for each in ready]
    made = rows(planned, ready, [each.message_id for each in replies])
    async with shop.db.transaction(shop.workspace_id) as tx:
        batch = Batch(tx)
        if replies:
            queue_replies(batch, sends=True, turn_id=shop.turn_id, at=NOW, replies=replies)
        store.add(batch, shop.conversation_id, shop.turn_id, made)
        await batch.send()
    return made


async def listed(shop: Shop, after: UUID | None = None, limit: int = 50) -> list[Shown]:
    async with shop.db.read(shop.workspace_id) as read:
        return await store.page(read, shop.conversation_id, after, limit)


async def one(shop: Shop, action_id: UUID) -> Shown:
    async with shop.db.read(shop.workspace_id) as read:
        found = await store.action(read, action_id)
    assert found is not None
    return found


async def test_what_is_sent_has_its_delivery_s_status(shop: Shop) -> None:
    (quick,) = await answer(shop, "Well?", [TAP])
    assert quick.message_id is not None
    assert (await one(shop, quick.action_id)).status == "queued"
    await shop.delivered(quick.message_id, "failed", attempts=4, error="refused")
    shown = await one(shop, quick.action_id)
    assert (shown.status, shown.retry_count, shown.error) == ("failed", 3, "refused")
    assert shown.data == {"message": "Well?", "options": [{"title": "Yes"}]}


async def test_a_plain_reply_is_an_action_too(shop: Shop) -> None:
    assert await answer(shop, "Hi.", []) == []
    (shown,) = await listed(shop)
    assert (shown.action_type, shown.status, shown.data) == ("send_message", "queued", {})


async def test_a_conversation_s_actions_in_order_and_by_pages(shop: Shop) -> None:
    await answer(shop, "Hi.", [TransferToAgent("r")])
    await answer(shop, "Well?", [TAP, EMAIL])
    everything = await listed(shop)
    assert [each.action_type for each in everything] == [
        *("send_message", "transfer_to_agent"),
        *("send_quick_replies", "collect_info"),
    ]
    first = await listed(shop, limit=3)
    assert await listed(shop, after=first[-1].action_id) == everything[3:]
    assert await listed(shop, after=new_id()) == []


async def test_an_action_belongs_to_its_workspace(shop: Shop, db: Database) -> None:
    (quick,) = await answer(shop, "Well?", [TAP])
    other = new_id()
    async with db.read(other) as read:
        assert await store.action(read, quick.action_id) is None
        assert await store.page(read, shop.conversation_id, None, 50) == []


async def test_an_action_ends_once(shop: Shop) -> None:
    (email,) = await answer(shop, "", [EMAIL])
    async with shop.db.transaction(shop.workspace_id) as tx:
        batch = Batch(tx)
        store.cancel(batch, shop.conversation_id, "a person took over")
        await batch.send()
        batch = Batch(tx)
        store.finish(batch, email.action_id, "done", result={"value": "x"})
        await batch.send()
    shown = await one(shop, email.action_id)
    assert (shown.status, shown.error, shown.result) == ("cancelled", "a person took over", None)


async def asked(shop: Shop, tries: int = 1) -> Collecting:
    made = await answer(shop, "", [EMAIL])
    found = begin(EMAIL, made[-1].action_id, shop.turn_id, NOW)
    return Collecting(found.action_id, "email", "email", found.question, tries, NOW, shop.turn_id)


async def settled(
    shop: Shop, outcome: object, planned: Plan | None = None, made: list[NewAction] | None = None
) -> Collecting | None:
    async with shop.db.transaction(shop.workspace_id) as tx:
        batch = Batch(tx)
        store.cancel(batch, new_id(), "nowhere")  # a commit always writes something
        left = settle(
            batch,
            shop.contact_id,
            outcome,  # type: ignore[arg-type]
            planned or Plan(),
            made or [],
            shop.turn_id,
            NOW,
        )
        await batch.send()
    return left


async def test_what_the_customer_told_is_known_of_them(shop: Shop) -> None:
    of = await asked(shop, tries=2)
    assert await settled(shop, Got(of, "anna@x.example")) is None
    shown = await one(shop, of.action_id)
    assert (shown.status, shown.result, shown.retry_count) == (
        "done",
        {"value": "anna@x.example"},
        1,
    )
    async with shop.db.read(shop.workspace_id) as read:
        assert await profile.attributes(read, shop.contact_id) == {"email": "anna@x.example"}


async def test_what_they_did_not_tell_is_on_record(shop: Shop) -> None:
    of = await asked(shop, tries=3)
    assert await settled(shop, GaveUp(of, "nothing valid")) is None
    shown = await one(shop, of.action_id)
    assert (shown.status, shown.error, shown.retry_count) == ("failed", "nothing valid", 2)
    of = await asked(shop)
    assert await settled(shop, Cancelled(of, "declined")) is None
    assert (await one(shop, of.action_id)).status == "cancelled"


async def test_a_question_stays_open(shop: Shop) -> None:
    of = await asked(shop)
    again = await asked(shop, tries=2)
    assert await settled(shop, Kept(of, of)) == of
    assert await settled(shop, Again(of, again, "Once more?")) == again
    shown = await one(shop, again.action_id)
    assert (shown.status, shown.retry_count) == ("waiting", 1)


async def test_another_question_or_a_person_ends_the_first(shop: Shop) -> None:
    of = await asked(shop)
    planned = plan("", [NAME])
    made = await answer(shop, "", [NAME])
    left = await settled(shop, Kept(of, of), planned, made)
    assert left is not None
    assert (left.field, left.action_id) == ("name", made[-1].action_id)
    assert (await one(shop, of.action_id)).status == "cancelled"
    assert await settled(shop, Kept(left, left), plan("", [TransferToAgent("r")])) is None
    assert (await one(shop, left.action_id)).status == "cancelled"


async def test_what_is_known_of_two_is_known_of_the_one_they_are(
    db: Database, workspace_id: UUID, shop: Shop
) -> None:
    async with db.transaction(workspace_id) as tx:
        mail, phone = Identity("email", "a@x.example"), Identity("phone", "66812345678")
        first = await contacts.add(tx, shop.channel_id, [mail], "Anna")
        second = await contacts.add(tx, shop.channel_id, [phone], None)
        await known(tx, first, city="Trang")
        await known(tx, second, city="Hue", size="L")
        assert await contacts.merge(tx, [first, second]) is not None
        assert await profile.attributes(tx, first) == {"city": "Trang", "size": "L"}


async def known(tx: Tx, contact_id: UUID, **told: str) -> None:
    for name, value in told.items():
        batch = Batch(tx)
        profile.attribute(batch, contact_id, name, value)
        await batch.send()
