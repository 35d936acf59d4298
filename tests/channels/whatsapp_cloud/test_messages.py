"""What customers send: every kind becomes parts, the same in words, and who wrote it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rejoinder.channels.port.event import Edited, Identity, MediaRef, Noted, Odd, Said, TakenBack
from rejoinder.conversations.content import (
    Choice,
    Contact,
    File,
    Location,
    Order,
    Part,
    Reaction,
    Text,
    Unsupported,
)
from tests.channels.whatsapp_cloud.payloads import event, events

ACCOUNT = "200000000000001"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PHONE = Identity("phone", "84901234567")
USER = Identity("whatsapp_user", "VN.77001122334455")


def said(name: str) -> Said:
    found = event(name)
    assert isinstance(found, Said), found
    return found


KINDS: dict[str, tuple[Part, str]] = {
    "text": (Text(text="Xin chào, còn hàng không? 👋"), "Xin chào, còn hàng không? 👋"),
    "image": (File(kind="image", text="Cái này", mime_type="image/jpeg"), "[image] Cái này"),
    "image_by_address": (File(kind="image", mime_type="image/jpeg"), "[image]"),
    "image_that_meta_lost": (Unsupported(what="image"), "[unsupported message: image]"),
    "video": (File(kind="video", mime_type="video/mp4"), "[video]"),
    "voice": (
        File(kind="audio", mime_type="audio/ogg; codecs=opus", voice=True),
        "[voice message]",
    ),
    "audio": (File(kind="audio", mime_type="audio/mpeg"), "[audio]"),
    "document": (
        File(kind="document", text="invoice", filename="hoá đơn.pdf", mime_type="application/pdf"),
        "[document: hoá đơn.pdf] invoice",
    ),
    "sticker": (File(kind="sticker", mime_type="image/webp"), "[sticker]"),
    "location": (
        Location(latitude=10.7769, longitude=106.7009, name="Chợ Bến Thành", address="Quận 1"),
        "[location: Chợ Bến Thành, Quận 1, 10.7769, 106.7009]",
    ),
    "location_without_place": (Unsupported(what="location"), "[unsupported message: location]"),
    "reaction": (Reaction(emoji="❤️", of="wamid.out.1"), "[reacted with ❤️]"),
    "reaction_removed_empty": (Reaction(emoji=None, of="wamid.out.1"), "[took a reaction away]"),
    "reaction_removed_absent": (Reaction(emoji=None, of="wamid.out.1"), "[took a reaction away]"),
    "button_reply": (Choice(title="Medium", payload="size:m", of="wamid.out.2"), "Medium"),
    "list_reply": (
        Choice(title="Tomorrow", payload="row-3", description="before noon", of="wamid.out.2"),
        "Tomorrow",
    ),
    "flow_reply": (
        Choice(
            title="Sent",
            payload="tok-1",
            of="wamid.out.2",
            form={"flow_token": "tok-1", "guests": 4, "name": "Linh"},
        ),
        "[form: guests: 4; name: Linh]",
    ),
    "flow_reply_unreadable": (Choice(title="Sent", of="wamid.out.2"), "[form: Sent]"),
    "template_button": (
        Choice(title="Yes, confirm", payload="CONFIRM", of="wamid.out.2", template=True),
        "Yes, confirm",
    ),
    "order": (
        Order(
            order={
                "catalog_id": "5001",
                "text": "gift wrapped",
                "product_items": [
                    {
                        "product_retailer_id": "TEA-1",
                        "quantity": 2,
                        "item_price": 4.5,
                        "currency": "USD",
                    }
                ],
            }
        ),
        "[order: 2 × TEA-1 at 4.5 USD] gift wrapped",
    ),
    "unsupported": (Unsupported(what="poll_creation"), "[unsupported message: poll_creation]"),
    "unsupported_bare": (Unsupported(what="unsupported"), "[unsupported message]"),
    "numbers_and_nul": (Text(text="ab"), "ab"),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_its_part_and_its_words(name: str) -> None:
    found, (part, words) = said(name), KINDS[name]
    assert found.parts == (part,)
    assert found.text == words
    assert (found.thread, found.account, found.at) == ("84901234567", ACCOUNT, NEW_YEAR)
    assert found.sender.identities == (PHONE, USER)
    assert found.sender.name == "Linh Tran"
    assert found.asks is not isinstance(part, Reaction)


def test_cards_of_people_are_one_part_each() -> None:
    found = said("contacts")
    assert found.parts == (
        Contact(name="An Pham", phones=("+84 90 111 2222",), emails=("an@example.com",)),
        Contact(name="Bo"),
    )
    assert found.text == "[contact: An Pham, +84 90 111 2222, an@example.com; Bo]"


def test_a_file_is_known_by_its_id_or_else_by_its_address() -> None:
    (by_id,) = said("document").media
    assert by_id == MediaRef(
        part=0,
        id="900000000000001",
        mime_type="application/pdf",
        filename="hoá đơn.pdf",
        sha256="3q2+7w==",
    )
    (by_address,) = said("image_by_address").media
    assert by_address.id is None
    assert by_address.url == "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=9"


def test_a_reply_names_what_it_answers_and_what_it_is_about() -> None:
    found = said("reply_forwarded")
    assert (found.reply_to, found.forwarded) == ("wamid.out.3", True)
    assert found.metadata == {
        "referred_product": {"catalog_id": "5001", "product_retailer_id": "TEA-1"}
    }
    assert said("forwarded_often").forwarded
    assert not said("text").forwarded


def test_an_ad_that_brought_the_customer_is_kept() -> None:
    kept = said("referral").metadata or {}
    assert isinstance(kept["referral"], dict)
    assert kept["referral"]["source_id"] == "77"


def test_a_customer_without_a_number_is_known_by_the_user_id() -> None:
    found = said("user_id_alone")
    assert found.thread == USER.value
    assert found.sender.identities == (USER,)


def test_who_is_named_in_the_contacts_alone_is_the_sender() -> None:
    assert said("sender_in_contacts_alone").sender.identities == (PHONE, USER)


def test_each_of_two_customers_gets_the_own_card() -> None:
    first, second = events("two_customers")
    assert isinstance(first, Said)
    assert isinstance(second, Said)
    assert first.sender.name == "Linh Tran"
    assert second.sender.name == "Minh"
    assert second.sender.identities == (
        Identity("phone", "84907654321"),
        Identity("whatsapp_user", "VN.88"),
    )


def test_nobody_is_linked_with_another_ones_card() -> None:
    found = said("somebody_elses_card")
    assert found.sender.identities == (Identity("phone", "84907654321"),)
    assert found.sender.name is None


def test_a_group_is_the_thread_and_may_speak_to_us() -> None:
    to_us, among_them = events("group")
    assert isinstance(to_us, Said)
    assert isinstance(among_them, Said)
    assert (to_us.thread, to_us.source, to_us.mentioned) == ("Y2FwaV9ncm91cDox", "group", True)
    assert not among_them.mentioned
    assert among_them.sender.identities == (PHONE, USER)


def test_a_customer_changes_and_takes_back() -> None:
    assert event("edit") == Edited(
        "wamid.in.1", "two, not three", NEW_YEAR, ACCOUNT, thread="84901234567"
    )
    assert event("revoke") == TakenBack("wamid.in.1", NEW_YEAR, ACCOUNT, thread="84901234567")


@pytest.mark.parametrize("name", ["opened_chat", "call_permission"])
def test_what_says_nothing_is_noted(name: str) -> None:
    found = event(name)
    assert isinstance(found, Noted)
    assert found.sender is not None
    assert found.unreachable is None


@pytest.mark.parametrize("name", ["unknown_interactive", "without_id", "system_unknown"])
def test_what_nobody_understands_is_odd(name: str) -> None:
    found = event(name)
    assert isinstance(found, Odd)
    assert found.account == ACCOUNT


def test_what_stands_beside_an_odd_one_is_read() -> None:
    odd, message = events("unknown_type")
    assert isinstance(odd, Odd)
    assert isinstance(message, Said)
    assert message.text == "still here"


def test_a_batch_keeps_its_order_and_each_message_its_account() -> None:
    one, two, read, three = events("batch")
    assert [type(each).__name__ for each in (one, two, read, three)] == [
        "Said",
        "Said",
        "Reported",
        "Said",
    ]
    assert [one.account, three.account] == [ACCOUNT, "200000000000002"]
