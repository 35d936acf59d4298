"""Fetching from addresses that somebody else names."""

from __future__ import annotations

import gzip

import pytest
from aiohttp import web

from rejoinder.net.fetch import Fetched, NeverFetched, NotFetched, Unwanted, fetch
from rejoinder.net.guard import Outward
from tests.media.conftest import PNG, TOKEN, Vendor, forever, sha

CREDENTIALS = {"Authorization": TOKEN}


async def get(out: Outward, url: str, **given: object) -> tuple[Fetched, bytes]:
    """What comes, with the test's loopback allowed unless it says otherwise."""
    came: list[bytes] = []
    settings = {"most": 10_000, "seconds": 5.0, "allow_private": True} | given
    fetched = await fetch(out, url, came.append, **settings)  # type: ignore[arg-type]
    return fetched, b"".join(came)


async def test_a_file_comes_whole_with_its_digest(out: Outward, vendor: Vendor) -> None:
    url = vendor.gives("/a", PNG, **{"Content-Type": "image/PNG; x=1"})
    fetched, data = await get(out, url)
    assert data == PNG
    assert (fetched.size, fetched.sha256.hex(), fetched.told_type) == (
        len(PNG),
        sha(PNG),
        "image/png",
    )


async def test_credentials_go_to_the_vendors_hosts_alone(out: Outward, vendor: Vendor) -> None:
    url = vendor.gives("/a", PNG)
    await get(out, url, headers=CREDENTIALS, hosts=(vendor.host,))
    await get(out, url, headers=CREDENTIALS, hosts=("127.0.0.1",))
    await get(out, url, headers=CREDENTIALS, hosts=("files.example",))
    await get(out, url, headers=CREDENTIALS)
    sent = [request.headers.get("Authorization") for request in vendor.asked]
    assert sent == [TOKEN, TOKEN, None, None]


async def test_credentials_do_not_follow_a_redirect_to_another_host(
    out: Outward, vendor: Vendor, stranger: Vendor
) -> None:
    stranger.gives("/there", PNG)
    stranger.leads("/back", vendor.gives("/home", PNG))
    hosts = (vendor.host, stranger.host)
    _, data = await get(
        out,
        vendor.leads("/away", f"{stranger.url}/there"),
        headers=CREDENTIALS,
        hosts=hosts,
    )
    assert data == PNG
    await get(out, vendor.leads("/round", f"{stranger.url}/back"), headers=CREDENTIALS, hosts=hosts)
    sent = [request.headers.get("Authorization") for request in (*stranger.asked, vendor.asked[-1])]
    assert sent == [None, None, None], "not even when it leads back"


async def test_credentials_stay_with_the_origin(out: Outward, vendor: Vendor) -> None:
    vendor.gives("/b", PNG)
    await get(out, vendor.leads("/a", "/b"), headers=CREDENTIALS, hosts=(vendor.host,))
    assert [request.headers.get("Authorization") for request in vendor.asked] == [TOKEN, TOKEN]


async def test_a_private_address_is_not_asked(out: Outward, vendor: Vendor) -> None:
    url = vendor.gives("/a", PNG)
    for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "0x7f.1")):
        with pytest.raises(Unwanted):
            await get(out, address, allow_private=False)
    assert vendor.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://shop.example/a",
        "gopher://shop.example/",
        "//shop.example",
        "",
        "http://[::1",
        "http://shop.example:99999/",
    ],
)
async def test_what_is_no_http_address_is_not_asked(out: Outward, address: str) -> None:
    with pytest.raises(Unwanted):
        await get(out, address)


@pytest.mark.parametrize("to", ["file:///etc/passwd", "data:image/png;base64,AAAA", "http://"])
async def test_a_redirect_leads_to_http_or_nowhere(out: Outward, vendor: Vendor, to: str) -> None:
    with pytest.raises(NotFetched):
        await get(out, vendor.leads("/a", to))


async def test_redirects_end(out: Outward, vendor: Vendor) -> None:
    with pytest.raises(Unwanted, match="redirected"):
        await get(out, vendor.leads("/a", "/a"))
    assert len(vendor.asked) == 6


async def test_a_told_length_over_the_limit_is_not_read(out: Outward, vendor: Vendor) -> None:
    with pytest.raises(Unwanted, match="larger"):
        await get(out, vendor.gives("/a", bytes(11)), most=10)


async def test_an_untold_length_is_read_up_to_the_limit(out: Outward, vendor: Vendor) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(bytes(4096))

    vendor.routes["/a"] = endless
    came: list[bytes] = []
    with pytest.raises(Unwanted, match="larger"):
        await fetch(out, f"{vendor.url}/a", came.append, most=10_000, seconds=5, allow_private=True)
    assert sum(map(len, came)) <= 10_000


async def test_a_body_shorter_than_told_is_no_file(out: Outward, vendor: Vendor) -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 1000
        await response.prepare(request)
        await response.write(bytes(10))
        assert request.transport is not None
        request.transport.close()
        return response

    vendor.routes["/a"] = short
    with pytest.raises(NotFetched) as caught:
        await get(out, f"{vendor.url}/a")
    assert not isinstance(caught.value, NeverFetched)


async def test_a_compressed_body_is_refused_unread(out: Outward, vendor: Vendor) -> None:
    bomb = gzip.compress(bytes(1_000_000))
    url = vendor.gives("/a", bomb, **{"Content-Encoding": "gzip"})
    with pytest.raises(Unwanted, match="compressed"):
        await get(out, url)
    assert vendor.asked[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("serve", ["never", "slowly"])
async def test_a_slow_server_meets_the_time_limit(out: Outward, vendor: Vendor, serve: str) -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        return await forever(request)

    vendor.routes["/a"] = forever if serve == "never" else drips
    with pytest.raises(NotFetched, match="in time"):
        await get(out, f"{vendor.url}/a", seconds=0.2)


async def test_what_is_gone_is_told_from_what_may_come(out: Outward, vendor: Vendor) -> None:
    for status in (404, 410):
        with pytest.raises(NeverFetched) as never:
            await get(out, vendor.says("/a", status))
        assert not isinstance(never.value, Unwanted)
    for status in (401, 403, 429, 500, 503, 206):
        with pytest.raises(NotFetched) as caught:
            await get(out, vendor.says("/a", status, **{"Retry-After": "7"}))
        assert not isinstance(caught.value, NeverFetched)
        assert caught.value.again_in == 7


async def test_nobody_there_is_a_passing_failure(out: Outward) -> None:
    with pytest.raises(NotFetched) as caught:
        await get(out, "http://127.0.0.1:9/a")
    assert not isinstance(caught.value, NeverFetched)
