"""Credentials are checked with Meta, webhooks announced, and customers' files found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from rejoinder.channels.port.adapter import NotThere, Platform
from rejoinder.channels.port.event import MediaRef, Said
from rejoinder.channels.port.simulated import Fault
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.registry import platform
from rejoinder.channels.whatsapp_cloud.adapter import WhatsAppCloud
from rejoinder.channels.whatsapp_cloud.parse.body import parse
from rejoinder.conversations.content import File
from rejoinder.errors import Invalid, Unavailable
from tests.channels.whatsapp_cloud.conftest import Cloud, account

ADAPTER: Platform = WhatsAppCloud()
HOOK = "https://bot.example.com/webhooks/whatsapp_cloud/1"


def test_the_registry_has_it() -> None:
    assert isinstance(platform("whatsapp_cloud"), WhatsAppCloud)


def test_the_setup_says_the_address_and_the_token() -> None:
    told = ADAPTER.setup.format(webhook_url=HOOK, verify_token="tok-1")
    assert HOOK in told
    assert "tok-1" in told


async def test_the_number_tells_its_name(cloud: Cloud, wire: Wire) -> None:
    checked = await ADAPTER.check(cloud.account, wire)
    assert (checked.account, checked.name) == ("100000000000001", "Simulated business")
    assert checked.told == ("number +15550100001", "quality GREEN")


async def test_another_apps_secret_is_told(cloud: Cloud, wire: Wire) -> None:
    other = {**cloud.account.credentials, "app_secret": "f" * 32}
    checked = await ADAPTER.check(replace(cloud.account, credentials=other), wire)
    assert "the app secret is not that of the app" in checked.told[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("access_token", "EAAanother00000000000000"), ("phone_number_id", "999999999999999")],
)
async def test_wrong_credentials_say_which(cloud: Cloud, wire: Wire, name: str, value: str) -> None:
    wrong = replace(cloud.account, credentials={**cloud.account.credentials, name: value})
    with pytest.raises(Invalid) as refused:
        await ADAPTER.check(wrong, wire)
    assert refused.value.where == f"credentials.{name}"
    assert refused.value.mend


@pytest.mark.parametrize("fault", ["throttle", "fail"])
async def test_meta_away_is_not_a_wrong_credential(cloud: Cloud, wire: Wire, fault: Fault) -> None:
    cloud.script.append(fault)
    with pytest.raises(Unavailable):
        await ADAPTER.check(cloud.account, wire)
    cloud.script.extend([None, None])  # the client asks once more by itself, as it is a GET
    with pytest.raises(Unavailable):
        await ADAPTER.check(cloud.account, wire)


@pytest.mark.parametrize("body", ["<html>Please log in</html>", "[]", "null", ""])
async def test_a_page_of_a_proxy_is_no_answer(cloud: Cloud, wire: Wire, body: str) -> None:
    cloud.script.append(web.Response(text=body))
    with pytest.raises(Unavailable, match="not Meta"):
        await ADAPTER.check(cloud.account, wire)


async def test_an_address_that_is_none_is_wrong(wire: Wire) -> None:
    with pytest.raises(Invalid) as refused:
        await ADAPTER.check(account({"base_url": "ftp://example.com"}), wire)
    assert refused.value.where == "settings.base_url"


async def test_the_webhook_is_announced_where_the_business_account_is_known(
    cloud: Cloud, wire: Wire
) -> None:
    assert await ADAPTER.announce(cloud.account, HOOK, wire)
    assert cloud.calls[0].path == "/v25.0/100000000000002/subscribed_apps"
    assert json.loads(cloud.calls[0].body) == {
        "override_callback_uri": HOOK,
        "verify_token": "simulated-verify-token",
    }
    cloud.script.extend([None, "bad_credential"])
    assert not await ADAPTER.announce(cloud.account, HOOK, wire)
    assert not await ADAPTER.announce(cloud.account, HOOK, wire)


async def test_a_person_announces_it_where_it_is_not(cloud: Cloud, wire: Wire) -> None:
    unknown = {k: v for k, v in cloud.account.credentials.items() if k != "waba_id"}
    assert not await ADAPTER.announce(replace(cloud.account, credentials=unknown), HOOK, wire)
    assert cloud.calls == []


def sent_file(cloud: Cloud) -> MediaRef:
    """A picture that a customer sends."""
    webhook = cloud.played.said(
        cloud.played.customers(1), File(kind="image", text="here"), datetime.now(UTC)
    )
    (said,) = parse(webhook.body)
    assert isinstance(said, Said)
    return said.media[0]


async def test_a_customers_file_is_found_and_fetched_with_the_token(
    cloud: Cloud, wire: Wire
) -> None:
    media = sent_file(cloud)
    found = await ADAPTER.locate(cloud.account, media, wire)
    assert cloud.calls[0].path == f"/v25.0/{media.id}"
    assert cloud.calls[0].query == {"phone_number_id": "100000000000001"}
    base = str(cloud.account.settings["base_url"]).removeprefix("http://")
    assert found.hosts == ("lookaside.fbsbx.com", "graph.facebook.com", base)
    async with aiohttp.ClientSession() as http:
        async with http.get(found.url) as bare:
            assert bare.status == 401
        async with http.get(found.url, headers=dict(found.headers)) as fetched:
            assert (await fetched.read()).startswith(b"\x89PNG")
    assert cloud.account.credentials["access_token"] not in repr(found)


async def test_a_file_that_meta_has_no_more_is_not_there(cloud: Cloud, wire: Wire) -> None:
    with pytest.raises(NotThere):
        await ADAPTER.locate(cloud.account, MediaRef(part=0, id="1234567890"), wire)
    with pytest.raises(NotThere):
        await ADAPTER.locate(cloud.account, MediaRef(part=0), wire)


@pytest.mark.parametrize(
    "answer", ["throttle", "fail", "bad_credential", None, web.Response(status=500)]
)
async def test_meta_may_be_asked_again_where_a_file_is(
    cloud: Cloud, wire: Wire, answer: Fault | web.Response | None
) -> None:
    cloud.script.extend([answer, answer])  # a GET that is cut off is asked once more by the client
    with pytest.raises(Unavailable):
        await ADAPTER.locate(cloud.account, sent_file(cloud), wire)


async def test_the_token_goes_to_meta_over_https_alone(wire: Wire) -> None:
    real = account({})
    secure = MediaRef(part=0, url="https://lookaside.fbsbx.com/a")
    found = await ADAPTER.locate(real, secure, wire)
    assert found.hosts == ("lookaside.fbsbx.com", "graph.facebook.com", "graph.facebook.com:443")
    plain = MediaRef(part=0, url="http://lookaside.fbsbx.com/a")
    assert (await ADAPTER.locate(real, plain, wire)).hosts == ()
