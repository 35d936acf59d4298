"""Connecting an account, its webhook's address, typing, read marks and files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rejoinder.channels.line.adapter import Line
from rejoinder.channels.line.simulated import SimulatedLine
from rejoinder.channels.port.adapter import Account, Field, NotThere, Signal
from rejoinder.channels.port.event import MediaRef, Said
from rejoinder.channels.port.simulated import Call, Reply
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.content import File, FileKind
from rejoinder.errors import Invalid, Unavailable
from tests.channels.line.description import Description
from tests.channels.line.platform import CHANNEL, CUSTOMER, GROUP, OnLoopback

WEBHOOK = "https://rejoinder.example/webhooks/line/7"


async def test_line_says_who_we_are(played: OnLoopback, wire: Wire) -> None:
    checked = await Line().check(played.account, wire)
    assert (checked.account, checked.name) == (played.line.user_id, "Played LINE account")
    assert any("channel secret" in each for each in checked.told)


async def test_a_switched_off_webhook_is_told(played: OnLoopback, wire: Wire) -> None:
    info = played.line.take(_call(played, "GET", "/v2/bot/info"), datetime.now(UTC)).reply
    played.script += [info, Reply(200, {"endpoint": WEBHOOK, "active": False})]
    checked = await Line().check(played.account, wire)
    assert any("Use webhook" in each for each in checked.told)


async def test_a_wrong_token_is_the_callers_to_mend(played: OnLoopback, wire: Wire) -> None:
    wrong = replace(played.account, credentials={"channel_access_token": "another"})
    with pytest.raises(Invalid) as refused:
        await Line().check(wrong, wire)
    assert refused.value.where == "credentials.channel_access_token"


async def test_another_accounts_token_is_not_taken(played: OnLoopback, wire: Wire) -> None:
    with pytest.raises(Invalid, match="another LINE account"):
        await Line().check(replace(played.account, account=CUSTOMER), wire)


@pytest.mark.parametrize("answer", [Reply(500, {}), Reply(429, {}), Reply(200, body=b"<html>")])
async def test_a_line_that_is_away_is_not_our_callers_fault(
    played: OnLoopback, wire: Wire, answer: Reply
) -> None:
    played.script.append(answer)
    with pytest.raises(Unavailable):
        await Line().check(played.account, wire)


async def test_the_webhooks_address_is_told(played: OnLoopback, wire: Wire) -> None:
    assert await Line().announce(played.account, WEBHOOK, wire)
    assert (played.calls[0].method, played.bodies[0]) == ("PUT", {"endpoint": WEBHOOK})


async def test_line_takes_no_address_without_tls(wire: Wire) -> None:
    account = Account(CHANNEL, {}, dict(SimulatedLine.credentials))
    with pytest.raises(Invalid, match="https"):
        await Line().announce(account, "http://rejoinder.example/webhooks/line/7", wire)
    assert wire.exchanges == []


async def test_dots_are_shown_to_a_customer(played: OnLoopback, wire: Wire) -> None:
    await Line().signal(played.account, Signal("typing", CUSTOMER), wire)
    assert [outcome.signal for outcome in played.outcomes] == ["typing"]
    assert played.bodies == [{"chatId": CUSTOMER, "loadingSeconds": 20}]


async def test_a_message_is_marked_as_read_by_its_token(played: OnLoopback, wire: Wire) -> None:
    token = _said(played, "image").read_token
    await Line().signal(played.account, Signal("read", CUSTOMER, "1", token), wire)
    assert [outcome.signal for outcome in played.outcomes] == ["read"]


@pytest.mark.parametrize("signal", [Signal("typing", GROUP), Signal("read", CUSTOMER, "1")])
async def test_what_line_would_refuse_is_not_asked(
    played: OnLoopback, wire: Wire, signal: Signal
) -> None:
    await Line().signal(played.account, signal, wire)
    assert played.calls == []


async def test_a_signal_that_fails_is_of_no_consequence(played: OnLoopback, wire: Wire) -> None:
    played.script += ["cut", "fail"]
    await Line().signal(played.account, Signal("typing", CUSTOMER), wire)
    await Line().signal(played.account, Signal("typing", CUSTOMER), wire)
    assert len(played.calls) == 2


@pytest.mark.parametrize("kind", ["image", "audio", "video", "document"])
async def test_a_customers_file_is_fetched_with_our_token_from_lines_host_only(
    played: OnLoopback, wire: Wire, kind: FileKind
) -> None:
    (ref,) = _said(played, kind).media
    found = await Line().locate(played.account, ref, wire)
    assert found.hosts == ("127.0.0.1",)
    fetched = await wire.call("GET", found.url, headers=found.headers)
    assert fetched.status == 200
    assert fetched.body
    assert len(played.calls) == (3 if kind in ("audio", "video") else 1)


async def test_a_file_of_elsewhere_is_fetched_without_our_token(
    played: OnLoopback, wire: Wire
) -> None:
    ref = MediaRef(part=0, url="https://pictures.example/a.jpg")
    found = await Line().locate(played.account, ref, wire)
    assert (found.url, dict(found.headers), found.hosts) == (ref.url, {}, ())
    assert played.calls == []


VIDEO = MediaRef(part=0, id="5801", mime_type="video/mp4")


@pytest.mark.parametrize(
    "answers",
    [
        [Reply(404, {"message": "Not found"})],
        [Reply(410, {})],
        [Reply(200, {"status": "processing"}), Reply(200, {"status": "failed"})],
    ],
)
async def test_a_file_that_is_gone_is_not_there(
    played: OnLoopback, wire: Wire, answers: list[Reply]
) -> None:
    played.script += answers
    with pytest.raises(NotThere):
        await Line().locate(played.account, VIDEO, wire)


@pytest.mark.parametrize(
    "answers", [[Reply(200, {"status": "processing"})] * 3, [Reply(500, {})], [Reply(429, {})]]
)
async def test_a_file_that_is_not_ready_is_fetched_later(
    played: OnLoopback, wire: Wire, answers: list[Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rejoinder.channels.line.media._BETWEEN_S", 0.0)
    played.script += answers
    with pytest.raises(Unavailable):
        await Line().locate(played.account, VIDEO, wire)


def test_lines_own_hosts_are_the_usual_ones() -> None:
    usual = {each.name: each.usual for each in Line.settings}
    assert usual["base_url"] == "https://api.line.me"
    assert usual["data_url"] == "https://api-data.line.me"


async def test_files_are_lines_other_host() -> None:
    account = Account(CHANNEL, {}, dict(SimulatedLine.credentials))
    ref = MediaRef(part=0, id="5801")
    found = await Line().locate(account, ref, Wire(None, False))  # type: ignore[arg-type]
    assert found.url == "https://api-data.line.me/v2/bot/message/5801/content"
    assert found.hosts == ("api-data.line.me",)


@pytest.mark.parametrize("field", [*Line.credentials, *Line.settings], ids=lambda each: each.name)
def test_people_are_told_where_each_thing_is_found(field: Field) -> None:
    assert field.title
    assert field.where


def test_calls_keep_to_the_published_description(data: Path, played: OnLoopback) -> None:
    description = Description(data / "openapi/line/messaging-api.yml")
    loading = {"chatId": CUSTOMER, "loadingSeconds": 20}
    assert description.wrong(loading, "ShowLoadingAnimationRequest") == []
    info = played.line.take(_call(played, "GET", "/v2/bot/info"), datetime.now(UTC)).reply.json
    assert description.wrong(info, "BotInfoResponse") == []


def _said(played: OnLoopback, kind: FileKind) -> Said:
    customer = played.line.customers(1)
    posted = played.line.said(customer, File(kind=kind), datetime.now(UTC))
    (event,) = Line().parse(played.account, posted.body)
    assert isinstance(event, Said)
    return event


def _call(played: OnLoopback, method: str, path: str) -> Call:
    token = played.account.credentials["channel_access_token"]
    return Call(method, path, {}, {"authorization": f"Bearer {token}"}, b"")
