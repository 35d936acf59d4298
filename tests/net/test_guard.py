"""Addresses that a workspace names lead to the public Internet or nowhere."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.net import guard
from rejoinder.net.guard import Forbidden, NotSent, Outward, Posted, Unanswered, is_public, outward
from rejoinder.net.http import session
from rejoinder.net.lookups import Lookups
from tests.certificate import own_certificate

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Site:
    """A server on loopback whose answer the test names."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Answer = self._ok
        self.port = 0

    async def _ok(self, request: web.BaseRequest) -> web.Response:
        return web.Response(text="fine")

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.seen.append((request.path_qs, dict(request.headers), await request.read()))
        return await self.answer(request)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    runner = web.ServerRunner(web.Server(site.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    yield site
    await runner.cleanup()


@pytest.fixture
async def out() -> AsyncIterator[Outward]:
    async with outward() as out:
        yield out


async def post(out: Outward, url: str, *, private: bool = False, timeout: float = 5) -> Posted:
    return await out.post(
        url, body=b"{}", headers={"X": "y"}, timeout=timeout, allow_private=private
    )


HOSTS = ["127.0.0.1", "localhost", "0.0.0.0", "127.1.2.3", "[::ffff:127.0.0.1]"]


@pytest.mark.parametrize("host", HOSTS)
async def test_a_private_address_is_not_even_connected_to(
    site: Site, out: Outward, host: str
) -> None:
    with pytest.raises(Forbidden, match="not an address of the public Internet"):
        await post(out, f"http://{host}:{site.port}/")
    assert site.seen == []


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "[fd00::1]", "[::1]"])
async def test_nor_one_where_nobody_listens(out: Outward, host: str) -> None:
    with pytest.raises(Forbidden):
        await post(out, f"http://{host}/latest/meta-data", timeout=2)


async def test_where_the_operator_allows_it_it_is_posted(site: Site, out: Outward) -> None:
    posted = await post(out, f"http://127.0.0.1:{site.port}/hook?a=b", private=True)
    assert (posted.status, posted.body) == (200, b"fine")
    path, headers, body = site.seen[0]
    assert (path, headers["X"], body) == ("/hook?a=b", "y", b"{}")


async def test_a_redirect_is_an_answer_and_not_followed(site: Site, out: Outward) -> None:
    async def elsewhere(_: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{site.port}/else"})

    site.answer = elsewhere
    assert (await post(out, f"http://127.0.0.1:{site.port}/", private=True)).status == 302
    assert len(site.seen) == 1


async def test_a_long_answer_is_not_read_to_its_end(site: Site, out: Outward) -> None:
    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 100_000)

    site.answer = endless
    posted = await post(out, f"http://127.0.0.1:{site.port}/", private=True)
    assert 0 < len(posted.body) <= 64 * 1024


async def test_an_answer_that_does_not_come_is_told_from_a_request_that_did_not_go(
    site: Site, out: Outward
) -> None:
    never = asyncio.Event()

    async def silent(_: web.BaseRequest) -> web.Response:
        await never.wait()
        return web.Response()

    async def cut(request: web.BaseRequest) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    site.answer = silent
    with pytest.raises(Unanswered, match="no answer in time"):
        await post(out, f"http://127.0.0.1:{site.port}/", private=True, timeout=0.3)
    never.set()
    site.answer = cut
    with pytest.raises(Unanswered, match="ServerDisconnected"):
        await post(out, f"http://127.0.0.1:{site.port}/", private=True)
    with pytest.raises(NotSent, match="SSL"):
        await post(out, f"https://127.0.0.1:{site.port}/", private=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        with pytest.raises(NotSent, match="no connection"):
            await post(out, f"http://127.0.0.1:{taken.getsockname()[1]}/", private=True)
    with pytest.raises(NotSent, match="DNS"):
        await post(out, "http://nowhere.invalid/")


@pytest.mark.parametrize("url", ["ftp://example.com/", "http://", "", "example.com/hook"])
async def test_what_is_no_address_is_refused(out: Outward, url: str) -> None:
    with pytest.raises(Forbidden):
        await post(out, url)


PRIVATE = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
]


@given(st.sampled_from(PRIVATE), st.integers(0, 2**32 - 1))
def test_no_private_address_is_public_however_it_is_written(network: str, number: int) -> None:
    """The networks are those of the IANA special-purpose registry (RFC 6890)."""
    inside = ip_network(network)
    address = IPv4Address(int(inside.network_address) + number % inside.num_addresses)
    assert not is_public(str(address))
    assert not is_public(f"::ffff:{address}")
    assert not is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    "address", ["::", "::1", "fe80::1%eth0", "fd12::1", "ff02::1", "2002:7f00:1::", "100::1"]
)
def test_no_private_ipv6_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
)
def test_a_public_address_is(address: str) -> None:
    assert is_public(address)


async def test_a_name_with_private_addresses_only_is_refused_however_many(
    site: Site, out: Outward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One name, several addresses: a laptop's `localhost` has two, an internal name often more."""
    monkeypatch.setattr(socket, "getaddrinfo", _resolving("127.0.0.1", "127.0.0.2"))
    with pytest.raises(Forbidden, match="not an address of the public Internet"):
        await post(out, f"http://several.example:{site.port}/")
    assert site.seen == []


async def test_of_mixed_addresses_only_the_public_ones_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _resolving("127.0.0.1", "8.8.8.8", "10.0.0.1"))
    lookups = Lookups()
    found = await guard._PublicOnly(lookups).resolve("mixed.example", 443)
    await lookups.close()
    assert [each["host"] for each in found] == ["8.8.8.8"]


def _resolving(*addresses: str) -> Callable[..., object]:
    def getaddrinfo(_host: str, port: int, **_more: object) -> object:
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (address, port)) for address in addresses]

    return getaddrinfo


async def test_a_dead_name_server_keeps_nobody_else_waiting(
    site: Site, out: Outward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its callbacks wait; names that others look up don't."""
    dead = threading.Event()
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *more: Any, **named: Any) -> object:
        if host.endswith(".dead.example"):
            dead.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    stuck = [
        asyncio.create_task(post(out, f"http://{number}.dead.example/", timeout=20))
        for number in range(40)
    ]
    try:
        async with session() as models, models.get(f"http://localhost:{site.port}/") as response:
            assert response.status == 200
        assert not any(task.done() for task in stuck)
    finally:
        dead.set()
        ended = await asyncio.gather(*stuck, return_exceptions=True)
    assert {type(each) for each in ended} == {NotSent}


async def test_a_certificate_that_is_not_valid_may_be_so_for_a_while(
    site: Site, out: Outward, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(tmp_path / "own.pem"))
    runner = web.ServerRunner(web.Server(site.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        with pytest.raises(NotSent, match="certificate"):
            await post(out, f"https://127.0.0.1:{runner.addresses[0][1]}/", private=True)
    finally:
        await runner.cleanup()
    assert site.seen == []


async def test_the_status_counts_whatever_becomes_of_the_body(
    site: Site, out: Outward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_BODY_SECONDS", 0.2)

    enough = asyncio.Event()

    async def stalls(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
        response.content_length = 10
        await response.prepare(request)
        await response.write(b"no")
        await enough.wait()
        return response

    site.answer = stalls
    posted = await post(out, f"http://127.0.0.1:{site.port}/", private=True)
    enough.set()
    assert posted.status == 200
