"""One person, several names: linked by a message that brings two, merged when two turn out to be one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from rejoinder.conversations.contacts.model import Identity
from rejoinder.conversations.contacts.rename import move, rename
from rejoinder.outbound import store as outbound
from tests.inbound.contacts.conftest import PHONE, USER, House

OTHER = Identity("phone", "66899999999")


async def test_a_message_that_brings_two_names_links_them(house: House) -> None:
    first = await house.says("Hello", [PHONE])
    again = await house.says("Me again", [PHONE, USER])
    later = await house.says("And again", [USER])
    assert {again.conversation_id, later.conversation_id} == {first.conversation_id}
    assert await house.contacts() == [(PHONE.value, USER.value)]


async def test_without_a_phone_number_nothing_is_dropped(house: House) -> None:
    first = await house.says("Hello", [USER])
    later = await house.says("Here is my number", [PHONE, USER])
    assert later.conversation_id == first.conversation_id
    assert await house.contacts() == [(PHONE.value, USER.value)]


async def test_two_contacts_that_are_one_are_merged_with_all_they_have(house: House) -> None:
    by_phone = await house.says("Hello", [PHONE], shown="Ann")
    by_user = await house.says("Hello", [USER])
    assert len(await house.contacts()) == 2
    both = await house.says("It is me", [PHONE, USER])
    assert await house.contacts() == [(PHONE.value, USER.value)]
    owners = await house.sql(
        "SELECT DISTINCT contact_id FROM conversations WHERE workspace_id = $1"
    )
    assert len(owners) == 1
    assert both.conversation_id in (by_phone.conversation_id, by_user.conversation_id)
    merged = await house.sql(
        "SELECT merged_into FROM contacts WHERE workspace_id = $1 AND merged_into IS NOT NULL"
    )
    assert [row[0] for row in merged] == [owners[0][0]]


async def test_a_wish_survives_the_merge(house: House) -> None:
    await house.says("Hello", [PHONE])
    await house.says("STOP", [USER])
    await house.says("It is me", [PHONE, USER])
    rows = await house.sql(
        "SELECT opted_out_at IS NOT NULL FROM contacts WHERE workspace_id = $1 AND merged_into IS NULL"
    )
    assert [row[0] for row in rows] == [True]
    owner = await house.sql(
        """SELECT count(*) FROM contact_consents s JOIN contacts c USING (workspace_id, contact_id)
        WHERE workspace_id = $1 AND c.merged_into IS NULL"""
    )
    assert owner[0][0] == 1


async def test_first_messages_at_once_make_one_contact(house: House) -> None:
    got = await asyncio.gather(
        *(house.says(f"Hello {n}", [PHONE] if n % 2 else [PHONE, USER]) for n in range(10))
    )
    assert len({each.conversation_id for each in got}) == 1
    assert await house.contacts() == [(PHONE.value, USER.value)]


async def test_merging_at_once_ends_in_one(house: House) -> None:
    await house.says("Hello", [PHONE])
    await house.says("Hello", [USER])
    await asyncio.gather(*(house.says(f"Both {n}", [PHONE, USER]) for n in range(8)))
    assert await house.contacts() == [(PHONE.value, USER.value)]


async def test_the_same_number_is_one_person_in_all_channels(house: House) -> None:
    await house.says("Hello", [PHONE])
    rows = await house.sql(
        "SELECT scope FROM contact_identities WHERE workspace_id = $1 AND kind = 'phone'"
    )
    assert [row[0] for row in rows] == [UUID(int=0)]


async def test_a_new_number_is_followed_and_the_old_one_given_up(house: House) -> None:
    first = await house.says("Hello", [PHONE, USER])
    await rename(house.db, house.workspace_id, house.channel_id, [PHONE], [OTHER])
    await rename(house.db, house.workspace_id, house.channel_id, [PHONE], [OTHER])
    later = await house.says("New number", [OTHER])
    assert later.conversation_id == first.conversation_id
    stranger = await house.says("Who are you?", [PHONE])
    assert stranger.conversation_id != first.conversation_id
    assert await house.contacts() == [(PHONE.value,), (OTHER.value, USER.value)]


async def test_a_number_that_was_anothers_brings_no_history_along(house: House) -> None:
    old = await house.says("I had this number", [OTHER])
    await house.sql(
        "UPDATE contacts SET created_at = created_at - interval '1 year' WHERE workspace_id = $1"
    )
    mine = await house.says("Hello", [PHONE])
    await rename(house.db, house.workspace_id, house.channel_id, [PHONE], [OTHER])
    rows = await house.sql(
        "SELECT conversation_id, contact_id FROM conversations WHERE workspace_id = $1"
    )
    owners = {row[0]: row[1] for row in rows}
    assert owners[old.conversation_id] != owners[mine.conversation_id]


async def test_a_group_is_one_conversation_of_many(house: House) -> None:
    one = await house.says("Hello all", [PHONE], group="group-1")
    two = await house.says("Hi", [USER], group="group-1")
    alone = await house.says("Hello", [PHONE])
    assert one.conversation_id == two.conversation_id != alone.conversation_id
    assert await move(house.db, house.workspace_id, house.channel_id, "group-1", "group-2")
    three = await house.says("Moved", [USER], group="group-2")
    assert three.conversation_id == one.conversation_id


async def test_a_number_given_up_leads_to_nobody_elses_thread(house: House) -> None:
    before = await house.says("Hello", [PHONE])
    now = await house.says("My new number", [OTHER])
    await rename(house.db, house.workspace_id, house.channel_id, [PHONE], [OTHER])
    stranger = await house.says("Who is this?", [PHONE])
    assert stranger.conversation_id not in (before.conversation_id, now.conversation_id)
    assert (await house.says("Hello?", [PHONE])).conversation_id == stranger.conversation_id
    assert await house.state(before) == "closed"
    assert (await house.says("Still me", [OTHER])).conversation_id == now.conversation_id


async def test_who_has_two_telephones_is_answered_on_the_one_that_asked(house: House) -> None:
    mine = await house.says("Hello", [PHONE])
    others = await house.says("Hello", [OTHER])
    await house.says("It is me", [USER, PHONE])
    await house.says("That is me, too", [USER, OTHER])
    assert await house.contacts() == [(PHONE.value, OTHER.value, USER.value)]
    assert (await house.says("Still here?", [OTHER])).conversation_id == others.conversation_id
    assert (await house.says("STOP", [PHONE])).conversation_id == mine.conversation_id
    async with house.db.transaction(house.workspace_id) as tx:
        outgoing = await outbound.claim(tx, mine.conversation_id, timedelta(seconds=30))
    assert outgoing is not None
    assert outgoing.identities["phone"] == PHONE.value
