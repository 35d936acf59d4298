"""Beside messages: receipts, echoes, typing and read marks, files, who the account is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, get_args

import aiohttp
import pytest

from rejoinder.channels.port.adapter import NotThere, Signal
from rejoinder.channels.port.event import Echoed, Reported
from rejoinder.channels.port.outgoing import Outgoing, Taken
from rejoinder.channels.port.simulated import Shown
from rejoinder.conversations.content import File, FileKind, Text
from rejoinder.errors import Invalid, Unavailable
from rejoinder.net.guard import NotSent
from tests.channels.conformance.conftest import House

Status = Literal["sent", "delivered", "read", "failed"]


async def shown(house: House) -> tuple[Outgoing, Taken, Shown]:
    """A message that Ann was shown."""
    outgoing = house.answer(text="Hello")
    receipt = await house.send(outgoing)
    assert isinstance(receipt, Taken)
    return outgoing, receipt, house.platform.book.shown[0]


@pytest.mark.parametrize("status", get_args(Status))
async def test_a_receipt_names_its_message(house: House, status: Status) -> None:
    outgoing, taken, one = await shown(house)
    webhook = house.played.report(one, status, datetime.now(UTC))
    assert (webhook is not None) is house.adapter.capabilities.receipts
    if webhook is None:
        return
    (reported,) = house.parsed(webhook)
    assert isinstance(reported, Reported), reported
    assert reported.status == status
    assert reported.platform_id in taken.platform_ids or reported.platform_id is None
    assert reported.delivery_id in (str(outgoing.delivery_id), None)
    assert reported.platform_id or reported.delivery_id or reported.up_to
    assert bool(reported.error) is (status == "failed")
    assert (reported.failure is not None) is (status == "failed")


async def test_an_echo_of_ours_is_known(house: House) -> None:
    outgoing, taken, one = await shown(house)
    webhook = house.played.echo(one, datetime.now(UTC))
    if webhook is None:
        assert not house.adapter.capabilities.echoes
        return
    (echoed,) = house.parsed(webhook)
    assert isinstance(echoed, Echoed)
    ours = str(outgoing.delivery_id)
    assert echoed.platform_id in taken.platform_ids or echoed.delivery_id == ours
    assert (echoed.thread, echoed.text) == (outgoing.thread_key, "Hello")


async def test_an_echo_of_a_person_s_is_known_for_one(house: House) -> None:
    outgoing, taken, one = await shown(house)
    written = replace(one, platform_id="990000000000000002", text="I'll look", delivery_id=None)
    webhook = house.played.echo(written, datetime.now(UTC))
    assert (webhook is not None) is house.adapter.capabilities.echoes
    if webhook is None:
        return
    (echoed,) = house.parsed(webhook)
    assert isinstance(echoed, Echoed)
    assert (echoed.platform_id in taken.platform_ids, echoed.delivery_id) == (False, None)
    assert (echoed.thread, echoed.text) == (outgoing.thread_key, "I'll look")


@pytest.mark.parametrize("what", ["typing", "read"])
async def test_typing_and_read_reach_the_platform(
    house: House, what: Literal["typing", "read"]
) -> None:
    said = house.hears(Text(text="Hello"))
    signal = Signal(what, said.thread, said.external_id, said.read_token)
    await house.adapter.signal(house.account, signal, house.wire())
    can = house.adapter.capabilities
    signals, book = house.platform.book.signals, house.platform.book
    assert signals[what] == (can.typing if what == "typing" else can.read_mark), signals
    assert (book.problems, book.shown) == ({}, [])


@pytest.mark.parametrize("kind", get_args(FileKind))
async def test_a_file_is_found_and_fetched(house: House, kind: FileKind) -> None:
    said = house.hears(File(kind=kind))
    if kind == "sticker" and not said.media:
        pytest.skip("a sticker is a number there, no file")
    place = await house.adapter.locate(house.account, said.media[0], house.wire())
    async with aiohttp.ClientSession() as http, http.get(place.url, headers=place.headers) as got:
        assert got.status == 200
        assert await got.read()
    if place.headers:
        assert place.hosts, "credentials go to no host in particular"


async def test_a_file_that_is_gone_is_told(house: House) -> None:
    media = replace(house.hears(File(kind="image")).media[0], id="no-such-file", url=None)
    try:
        place = await house.adapter.locate(house.account, media, house.wire())
    except NotThere:
        return
    # Where the address follows from the id, it is the fetching that finds nothing.
    async with aiohttp.ClientSession() as http, http.get(place.url, headers=place.headers) as got:
        assert got.status == 404


async def test_the_account_is_known(house: House) -> None:
    checked = await house.adapter.check(house.account, house.wire())
    assert checked.account
    assert checked.name


async def test_wrong_credentials_are_told(house: House) -> None:
    """The one that the requests carry, whichever of the secret ones it is."""
    told = 0
    for each in house.adapter.credentials:
        value = house.account.credentials[each.name]
        wrong = {each.name: value[:-1] + ("a" if value[-1] != "a" else "b")}
        account = replace(house.account, credentials={**house.account.credentials, **wrong})
        try:
            await house.adapter.check(account, house.wire())
        except Invalid:
            told += each.secret
    assert told


async def test_a_platform_that_is_away_is_told(house: House) -> None:
    account = replace(house.account, settings={"base_url": "http://127.0.0.1:1"})
    with pytest.raises((Unavailable, NotSent)):  # who asks makes the first of the second
        await house.adapter.check(account, house.wire())


async def test_our_address_is_told_where_there_is_a_call_for_it(house: House) -> None:
    url = "https://rejoinder.example/webhooks/here"
    assert await house.adapter.announce(house.account, url, house.wire()) in (True, False)
    assert not house.platform.book.problems
