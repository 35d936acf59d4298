"""What Meta reports of our messages, of people's own, of names and of the account."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from rejoinder.channels.port.event import (
    Echoed,
    Identity,
    Noted,
    Odd,
    Renamed,
    Reported,
    Trouble,
)
from rejoinder.channels.whatsapp_cloud.parse.body import parse
from rejoinder.channels.whatsapp_cloud.parse.status import APP
from tests.channels.whatsapp_cloud.payloads import event

ACCOUNT = "200000000000001"
PHONE = Identity("phone", "84901234567")
USER = Identity("whatsapp_user", "VN.77001122334455")


def reported(name: str) -> Reported:
    found = event(name)
    assert isinstance(found, Reported), found
    return found


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("status_sent", "sent"),
        ("status_delivered", "delivered"),
        ("status_read", "read"),
        ("status_played", "read"),
        ("status_failed_billing", "failed"),
    ],
)
def test_a_receipt_has_its_status_and_our_message(name: str, status: str) -> None:
    found = reported(name)
    assert found.status == status
    assert found.platform_id == "wamid.out.9"
    assert found.at == datetime(2026, 1, 1, 0, 1, 40, tzinfo=UTC)
    assert found.account == ACCOUNT


def test_what_we_gave_along_comes_back() -> None:
    assert reported("status_sent").delivery_id == "0199f1de-0000-7000-8000-000000000001"


def test_a_receipt_names_the_thread_by_number_user_id_or_group() -> None:
    assert reported("status_sent").thread == PHONE.value
    assert reported("status_delivered").thread == USER.value
    assert reported("status_group").thread == "Y2FwaV9ncm91cDox"


def test_a_receipt_counts_without_its_time() -> None:
    assert reported("status_without_time").status == "sent"


def test_a_failure_says_why_and_of_which_class() -> None:
    window = reported("status_failed_window")
    assert window.failure == "window_closed"
    assert window.error == (
        "Meta's error 131047: Re-engagement message: More than 24 hours have passed."
    )
    assert reported("status_failed_billing").failure == "credential"
    assert reported("status_failed_without_error").failure == "permanent"


def test_an_unknown_status_is_odd() -> None:
    assert isinstance(event("status_unknown"), Odd)


def test_a_person_wrote_in_the_app() -> None:
    found = event("echo_text")
    assert isinstance(found, Echoed)
    assert (found.thread, found.platform_id, found.app) == (PHONE.value, "wamid.app.1", APP)
    assert found.text == "I'll call you"
    assert found.recipient.identities == (PHONE, USER)
    image = event("echo_image")
    assert isinstance(image, Echoed)
    assert [media.id for media in image.media] == ["900000000000001"]
    hidden = event("echo_user_id")
    assert isinstance(hidden, Echoed)
    assert hidden.thread == USER.value


def test_what_a_person_takes_back_in_the_app_is_noted() -> None:
    assert isinstance(event("echo_revoke"), Noted)


def test_past_chats_are_not_taken_for_new_ones() -> None:
    found = event("history")
    assert isinstance(found, Noted)
    assert "1 past messages of 1 chats" in found.what
    assert isinstance(event("history_declined"), Trouble)


@pytest.mark.parametrize(
    ("name", "before", "now"),
    [
        (
            "system_number",
            (PHONE, USER),
            (Identity("phone", "84909999999"), Identity("whatsapp_user", "VN.99")),
        ),
        (
            "system_user_id",
            (Identity("whatsapp_user", "VN.77"),),
            (Identity("whatsapp_user", "VN.99"),),
        ),
        (
            "system_user_id_in_words",
            (Identity("whatsapp_user", "VN.77"),),
            (Identity("whatsapp_user", "VN.99"),),
        ),
        (
            "user_id_update",
            (PHONE, Identity("whatsapp_user", "VN.77")),
            (Identity("whatsapp_user", "VN.99"),),
        ),
    ],
)
def test_a_customer_has_another_name(
    name: str, before: tuple[Identity, ...], now: tuple[Identity, ...]
) -> None:
    assert event(name) == Renamed(before, now, datetime(2026, 1, 1, tzinfo=UTC), ACCOUNT)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("account_update", "account_update DISABLED_UPDATE"),
        ("template_status", "message_template_status_update PAUSED"),
        ("phone_quality", "phone_number_quality_update DOWNGRADE"),
        ("preference", "user_preferences marketing_messages: stop"),
        ("system_identity", "Linh has a new device"),
    ],
)
def test_notices_stand_in_the_log(name: str, begins: str) -> None:
    found = event(name)
    assert isinstance(found, Noted)
    assert found.what.startswith(begins)


def test_an_error_of_the_account_is_trouble() -> None:
    assert event("errors") == Trouble(
        "Meta's error 130429: Rate limit hit: Too many", "throttled", ACCOUNT
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"not json",
        b"null",
        b"[]",
        b"{}",
        b'{"object": "page", "entry": []}',
        b'{"object": "whatsapp_business_account", "entry": [{"changes": [{}]}]}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_none_is_odd(body: bytes) -> None:
    (found,) = parse(body)
    assert isinstance(found, Odd)


def body(field: str, **value: object) -> bytes:
    """A change with this value."""
    known = {"metadata": {"phone_number_id": ACCOUNT}, **value}
    return json.dumps({"entry": [{"changes": [{"field": field, "value": known}]}]}).encode()


SYSTEM = {"id": "wamid.s", "timestamp": "1767225600", "type": "system"}
EDIT = {"id": "wamid.e", "timestamp": "1767225600", "from": "84901234567"}


@pytest.mark.parametrize(
    "unfinished",
    [
        body("messages", statuses=[{"status": "sent", "timestamp": "1767225600"}]),
        body("messages", messages=[{**EDIT, "type": "edit", "edit": {}}]),
        body("messages", messages=[{**EDIT, "type": "revoke", "revoke": {}}]),
        body("messages", messages=[{**SYSTEM, "system": {"type": "user_changed_number"}}]),
        body(
            "messages",
            messages=[{**SYSTEM, "type": "text", "text": {"body": "from nobody"}}],
        ),
        body("messages", messages=[{"id": "1", "type": "text", "from": "84901234567"}]),
        body("smb_message_echoes", message_echoes=[{"id": "1", "type": "text"}]),
        body(
            "smb_message_echoes",
            message_echoes=[{**EDIT, "to": "84901234567", "type": "hologram"}],
        ),
        body("user_id_update", user_id_update=[{"user_id": {"current": "VN.1"}}]),
        body("user_preferences"),
    ],
)
def test_what_lacks_what_matters_is_odd(unfinished: bytes) -> None:
    (found,) = parse(unfinished)
    assert isinstance(found, Odd)
    assert found.account == ACCOUNT


def test_a_receipt_of_a_group_may_name_it_by_its_own_field() -> None:
    told = {"id": "wamid.o", "status": "read", "group_id": "Y2Fw", "recipient_id": "84901234567"}
    (found,) = parse(body("messages", statuses=[told]))
    assert isinstance(found, Reported)
    assert found.thread == "Y2Fw"


def test_an_unknown_field_is_odd() -> None:
    assert isinstance(event("unknown_field"), Odd)
