"""Messages leave over a real connection, are taken by the played platform, and each answer gets its name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from rejoinder.channels.port.adapter import Account, Signal
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Outgoing,
    Receipt,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    Unsure,
    WindowClosed,
)
from rejoinder.channels.port.simulated import Fault
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.whatsapp_cloud.adapter import WhatsAppCloud
from rejoinder.conversations.content import File, Option, Part, QuickReplies, Text
from tests.channels.whatsapp_cloud.conftest import Cloud, account
from tests.channels.whatsapp_cloud.test_compose import outgoing

ADAPTER = WhatsAppCloud()
MEDIA_ID = "0199f1de-0000-7000-8000-00000000000a"


class Kept:
    """Our media: one file."""

    def __init__(self, data: bytes, mime_type: str, filename: str, url: str | None = None) -> None:
        self._file = (data, mime_type, filename)
        self._url = url

    async def url(self, media_id: str) -> str | None:
        return self._url

    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        return self._file if media_id == MEDIA_ID else None


NOTHING = Kept(b"", "", "")


async def send(
    cloud: Cloud,
    wire: Wire,
    *parts: Part,
    message: Outgoing | None = None,
    files: Kept = NOTHING,
    known: Account | None = None,
) -> Receipt:
    """Send one message there."""
    return await ADAPTER.send(known or cloud.account, message or outgoing(), parts, wire, files)


def asked(cloud: Cloud) -> dict[str, Any]:
    """The last request's JSON."""
    found: dict[str, Any] = json.loads(cloud.calls[-1].body)
    return found


async def test_a_text_arrives_and_we_know_its_id(cloud: Cloud, wire: Wire) -> None:
    message = outgoing()
    receipt = await send(cloud, wire, Text(text="Hello 👋"), message=message)
    (shown,) = cloud.shown
    assert receipt == Taken(None, (shown.platform_id,))
    assert (shown.to, shown.text) == ("84901234567", "Hello 👋")
    assert shown.delivery_id == str(message.delivery_id)
    assert cloud.calls[0].path == "/v25.0/100000000000001/messages"
    assert asked(cloud) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "84901234567",
        "type": "text",
        "text": {"body": "Hello 👋"},
        "biz_opaque_callback_data": str(message.delivery_id),
    }
    assert cloud.outcomes[0].problems == ()


async def test_only_tries_that_count_are_counted(cloud: Cloud, wire: Wire) -> None:
    """A person sent it again after three tries, or the channel was throttled meanwhile."""
    error = {"error": {"code": 131000, "message": "Something went wrong"}}
    for uncounted, expected in ((3, NotTaken), (0, Refused)):
        cloud.script.append(web.json_response(error, status=500))
        message = outgoing(attempt=4, uncounted=uncounted)
        assert isinstance(await send(cloud, wire, Text(text="Hi"), message=message), expected)


async def test_a_customer_without_a_number_is_written_to_by_user_id(
    cloud: Cloud, wire: Wire
) -> None:
    await send(cloud, wire, Text(text="Hi"), message=outgoing("VN.77"))
    assert asked(cloud)["recipient"] == "VN.77"
    assert "to" not in asked(cloud)
    assert cloud.shown[0].to == "VN.77"


async def test_a_group_is_written_to_in_words_and_not_marked_as_read(
    cloud: Cloud, wire: Wire
) -> None:
    part = QuickReplies(text="Sure?", options=(Option(title="Yes"),))
    receipt = await send(cloud, wire, part, message=outgoing("Y2FwaV9ncm91cDox"))
    assert isinstance(receipt, Taken)
    assert asked(cloud)["recipient_type"] == "group"
    assert cloud.shown[0].text == "Sure?\n\n1. Yes"
    signal = Signal("read", "Y2FwaV9ncm91cDox", "wamid.in.1")
    await ADAPTER.signal(cloud.account, signal, wire)
    assert len(cloud.calls) == 1


async def test_a_message_is_quoted_only_where_the_channel_is_set_so(
    cloud: Cloud, wire: Wire
) -> None:
    await send(cloud, wire, Text(text="Hi"))
    assert "context" not in asked(cloud)
    quoting = account({**{k: str(v) for k, v in cloud.account.settings.items()}, "quote": "yes"})
    await send(cloud, wire, Text(text="Hi"), known=quoting)
    assert asked(cloud)["context"] == {"message_id": "wamid.in.1"}
    by_api = outgoing(answers=["wamid.in.2", "m-3"])
    await send(cloud, wire, Text(text="Hi"), known=quoting, message=by_api)
    assert asked(cloud)["context"] == {"message_id": "wamid.in.2"}


async def test_buttons_are_shown(cloud: Cloud, wire: Wire) -> None:
    options = (Option(title="Yes", payload="y"), Option(title="No", payload="n"))
    await send(cloud, wire, QuickReplies(text="Sure?", options=options))
    assert (cloud.shown[0].kind, cloud.shown[0].options) == ("interactive", ("Yes", "No"))


async def test_a_file_of_ours_is_uploaded_before(cloud: Cloud, wire: Wire) -> None:
    files = Kept(b"\x89PNG\r\n\x1a\n--b\r\n", "image/png", 'a "good" one.png', "https://x/y")
    receipt = await send(
        cloud, wire, File(kind="image", media_id=MEDIA_ID, text="Look"), files=files
    )
    assert isinstance(receipt, Taken)
    assert [call.path.rpartition("/")[2] for call in cloud.calls] == ["media", "messages"]
    image = asked(cloud)["image"]
    assert image["caption"] == "Look"
    kept = cloud.played._files.get(image["id"])
    assert kept is not None
    assert (kept.mime_type, kept.data) == ("image/png", b"\x89PNG\r\n\x1a\n--b\r\n")


async def test_a_file_whatsapp_shows_in_no_form_is_a_document(cloud: Cloud, wire: Wire) -> None:
    files = Kept(b"GIF89a", "image/gif", "cat.gif")
    await send(cloud, wire, File(kind="image", media_id=MEDIA_ID), files=files)
    assert asked(cloud)["document"]["filename"] == "cat.gif"


async def test_a_large_file_goes_by_its_address(cloud: Cloud, wire: Wire) -> None:
    data = b"%PDF-" + bytes(16 * 1024 * 1024)
    files = Kept(data, "application/pdf", "plan.pdf", "https://example.com/plan.pdf")
    await send(cloud, wire, File(kind="document", media_id=MEDIA_ID), files=files)
    (call,) = cloud.calls
    assert asked(cloud)["document"]["link"] == "https://example.com/plan.pdf"
    assert len(call.body) < 1000


async def test_a_file_that_is_gone_goes_by_its_address_or_not_at_all(
    cloud: Cloud, wire: Wire
) -> None:
    gone = File(kind="image", media_id="another", url="https://example.com/a.png")
    assert isinstance(await send(cloud, wire, gone), Taken)
    assert asked(cloud)["image"] == {"link": "https://example.com/a.png"}
    receipt = await send(cloud, wire, File(kind="image", media_id="another"))
    assert isinstance(receipt, Refused)


@pytest.mark.parametrize("cut", [None, web.Response(status=502), web.Response(text="fine")])
async def test_a_lost_upload_reached_nobody(
    cloud: Cloud, wire: Wire, cut: web.Response | None
) -> None:
    cloud.script.append(cut)
    files = Kept(b"%PDF-", "application/pdf", "a.pdf")
    receipt = await send(cloud, wire, File(kind="document", media_id=MEDIA_ID), files=files)
    assert isinstance(receipt, NotTaken)
    assert cloud.shown == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttle", Throttled),
        ("throttle_recipient", RecipientThrottled),
        ("fail", NotTaken),
        ("reject", Refused),
        ("bad_credential", BadCredential),
        ("window_closed", WindowClosed),
    ],
)
async def test_each_refusal_has_its_name(
    cloud: Cloud, wire: Wire, fault: Fault, kind: type[Receipt]
) -> None:
    cloud.script.append(fault)
    assert type(await send(cloud, wire, Text(text="Hi"))) is kind


@pytest.mark.parametrize(
    "answer",
    [
        None,
        web.Response(status=500),
        web.Response(status=504, text="<html>"),
        web.Response(status=204),
        web.Response(text="<html>welcome"),
    ],
)
async def test_what_was_not_answered_by_meta_is_unsure(
    cloud: Cloud, wire: Wire, answer: web.Response | None
) -> None:
    cloud.script.append(answer)
    assert isinstance(await send(cloud, wire, Text(text="Hi")), Unsure)


async def test_nobody_listens_there(cloud: Cloud, wire: Wire) -> None:
    nobody = replace(cloud.account, settings={"base_url": "http://127.0.0.1:1"})
    assert isinstance(await send(cloud, wire, Text(text="Hi"), known=nobody), NotTaken)


async def test_a_private_address_is_refused(cloud: Cloud, wire: Wire) -> None:
    guarded = Wire(wire.out, allow_private=False)
    assert isinstance(await send(cloud, guarded, Text(text="Hi")), Refused)
    assert cloud.calls == []


async def test_what_can_not_be_said_is_never_asked(cloud: Cloud, wire: Wire) -> None:
    assert isinstance(await send(cloud, wire, Text(text=" ")), Refused)
    assert isinstance(await send(cloud, wire, Text(text="x"), message=outgoing("")), Refused)
    assert cloud.calls == []


async def test_whatsapp_knows_no_repeats() -> None:
    assert not ADAPTER.knows_repeats(outgoing())


async def test_typing_and_reading_name_the_customers_message(cloud: Cloud, wire: Wire) -> None:
    for what in ("typing", "read"):
        signal = Signal(what, "84901234567", "wamid.in.1")
        await ADAPTER.signal(cloud.account, signal, wire)
    assert [outcome.signal for outcome in cloud.outcomes] == ["typing", "read"]
    assert asked(cloud) == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.in.1",
    }


async def test_a_signal_that_fails_is_of_no_consequence(cloud: Cloud, wire: Wire) -> None:
    cloud.script.extend([None, "bad_credential"])
    for _ in range(2):
        await ADAPTER.signal(cloud.account, Signal("typing", "84901234567", "wamid.in.1"), wire)
    await ADAPTER.signal(cloud.account, Signal("typing", "84901234567"), wire)
    assert len(cloud.calls) == 2
