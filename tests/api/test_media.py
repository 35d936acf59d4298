"""Files over HTTP: handed in, looked at, and read by whoever holds a signed address."""

from __future__ import annotations

import asyncio
import io
import resource
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import aiohttp
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from rejoinder.api.conversations import media
from rejoinder.api.conversations.media import MediaDeps, part_of
from rejoinder.app import problems
from rejoinder.app.body_limit import BodyLimit
from rejoinder.db import Database, new_id
from rejoinder.media.limits import USUAL
from rejoinder.media.links import Links
from rejoinder.media.objects import Objects, Place
from rejoinder.workspaces.tokens import Tokens, issue
from tests.api.application import listening
from tests.api.problem import problem

KEYS = (b"the installation's secret key",)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
MANY = 2 * 1024 * 1024


@pytest.fixture
def links() -> Links:
    return Links(KEYS, None)


@pytest.fixture
async def url(db: Database, tmp_path: Path, links: Links) -> AsyncIterator[str]:
    """A server with the routes of files alone."""
    objects = Objects(Place(f"file://{tmp_path}/media"))
    deps = MediaDeps(db, objects, links, {**USUAL, "image": MANY, "document": MANY})
    app = FastAPI()
    app.add_middleware(BodyLimit)
    problems.install(app)
    app.include_router(media.routes(deps, Tokens(db)))
    app.include_router(media.public(deps))
    async with listening(app) as url:
        yield url


@pytest.fixture
async def client(
    url: str, db: Database, workspace_id: UUID
) -> AsyncIterator[aiohttp.ClientSession]:
    async with db.transaction(workspace_id) as tx:
        token = await issue(tx, "test", "operate")
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(url, headers=headers) as client:
        yield client


@pytest.fixture
async def anybody(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Who has no token."""
    async with aiohttp.ClientSession() as anybody:
        yield anybody


async def upload(client: aiohttp.ClientSession, data: bytes = PNG, **query: str) -> dict[str, str]:
    """Hand a file in."""
    async with client.post(
        "/api/v1/media", data=io.BytesIO(data), params=query, headers={"Content-Type": "image/png"}
    ) as response:
        assert response.status == 201, await response.text()
        found: dict[str, str] = await response.json()
        return found


async def test_what_is_handed_in_is_read_by_its_address(
    client: aiohttp.ClientSession, anybody: aiohttp.ClientSession
) -> None:
    made = await upload(client, filename="Ein Häuschen.png")
    assert (made["kind"], made["state"], made["mime_type"]) == ("image", "ready", "image/png")
    async with client.get(f"/api/v1/media/{made['media_id']}") as response:
        shown = await response.json()
    assert (shown["size"], shown["filename"]) == (len(PNG), "Ein Häuschen.png")
    async with anybody.get(shown["url"]) as response:
        assert (response.status, await response.read()) == (200, PNG)
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["Content-Disposition"] == (
            "inline; filename*=UTF-8''Ein%20H%C3%A4uschen.png"
        )
    async with anybody.head(shown["url"]) as response:
        assert (response.status, response.headers["Content-Length"]) == (200, str(len(PNG)))


async def test_what_browsers_do_not_show_is_saved(
    client: aiohttp.ClientSession, anybody: aiohttp.ClientSession
) -> None:
    made = await upload(client, b"%PDF-1.7\n" + bytes(20))
    assert made["kind"] == "document"
    async with anybody.get(made["url"]) as response:
        assert response.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("changed", ["workspace", "expires", "signature", "path", "none"])
async def test_a_changed_address_opens_nothing(
    client: aiohttp.ClientSession, anybody: aiohttp.ClientSession, changed: str
) -> None:
    made = await upload(client)
    other = await upload(client)
    at = urlsplit(made["url"])
    query = dict(parse_qsl(at.query))
    path = at.path
    if changed == "path":
        path = urlsplit(other["url"]).path
    elif changed == "expires":
        query["expires"] = str(int(query["expires"]) + 1)
    elif changed == "none":
        query["signature"] = ""
    else:
        query[changed] = str(new_id())
    async with anybody.get(at._replace(path=path, query=urlencode(query)).geturl()) as response:
        await problem(response, 403, "media_link_wrong")


async def test_an_address_comes_to_its_end(
    client: aiohttp.ClientSession,
    anybody: aiohttp.ClientSession,
    links: Links,
    workspace_id: UUID,
    url: str,
) -> None:
    made = await upload(client)
    path, _ = links.path(workspace_id, UUID(made["media_id"]), int(time.time()) - 61, 60)
    async with anybody.get(f"{url}{path}") as response:
        await problem(response, 403, "media_link_expired")


async def test_a_part_is_served_alone(
    client: aiohttp.ClientSession, anybody: aiohttp.ClientSession
) -> None:
    made = await upload(client)
    size = len(PNG)
    for asked, told, body in [
        ("bytes=0-9", f"bytes 0-9/{size}", PNG[:10]),
        ("bytes=100-", f"bytes 100-{size - 1}/{size}", PNG[100:]),
        ("bytes=-5", f"bytes {size - 5}-{size - 1}/{size}", PNG[-5:]),
    ]:
        async with anybody.get(made["url"], headers={"Range": asked}) as response:
            assert (response.status, response.headers["Content-Range"]) == (206, told)
            assert await response.read() == body
    async with anybody.get(made["url"], headers={"Range": f"bytes={'9' * 5000}-"}) as response:
        assert (response.status, await response.read()) == (200, PNG)
    async with anybody.get(made["url"], headers={"Range": f"bytes={size}-"}) as response:
        assert (response.status, response.headers["Content-Range"]) == (416, f"bytes */{size}")


NAMES = {
    "../../etc/passwd": "passwd",
    "C:\\holiday.png": "holiday.png",
    "a\r\nSet-Cookie: x=1": "aSet-Cookie%3A%20x%3D1",
    "\u202egnp.pdf": "gnp.pdf",
    "x" * 236 + ".png": "x" * 196 + ".png",
    "..": "image.png",
    " ": "image.png",
}


async def test_a_name_stays_a_name(
    client: aiohttp.ClientSession, anybody: aiohttp.ClientSession
) -> None:
    for given_name, told in NAMES.items():
        made = await upload(client, filename=given_name)
        async with anybody.head(made["url"]) as response:
            assert response.headers["Content-Disposition"] == f"inline; filename*=UTF-8''{told}"


async def test_a_full_disk_is_told(client: aiohttp.ClientSession) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(PNG), before[1]))
    try:
        async with client.post("/api/v1/media", data=io.BytesIO(PNG * 1000)) as response:
            await problem(response, 503, "unavailable")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, kept)


async def test_a_client_that_goes_is_no_fault_of_ours(
    client: aiohttp.ClientSession, url: str, tmp_path: Path
) -> None:
    head = [
        "POST /api/v1/media HTTP/1.1",
        "Host: x",
        f"Authorization: {client.headers['Authorization']}",
        "Content-Length: 1000",
    ]
    at = urlsplit(url)
    with capture_logs() as logged:
        _, writer = await asyncio.open_connection(at.hostname, at.port)
        writer.write("\r\n".join([*head, "", ""]).encode() + PNG)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await upload(client)  # the server has seen the other one go by then
    assert [each for each in logged if each["log_level"] == "error"] == []


@given(
    header=st.text(max_size=20) | st.from_regex(r"bytes=\d*-\d*", fullmatch=True),
    size=st.integers(0, 1000),
)
def test_any_range_lies_within_the_file(header: str, size: int) -> None:
    part = part_of(header, size)
    assert part is None or 0 <= part[0] <= part[1] <= size


REFUSED = [
    (b"<html><script>", {}, 422, "media_refused"),
    (b"", {}, 422, "media_refused"),
    (PNG, {"kind": "audio"}, 422, "media_refused"),
    (PNG, {"filename": "x.exe"}, 422, "media_refused"),
    (PNG, {"kind": "scent"}, 422, "invalid_request"),
    (PNG, {"filename": "a\0.png"}, 422, "invalid_request"),
    (PNG + bytes(MANY), {}, 413, "body_too_large"),
]


@pytest.mark.parametrize(("data", "query", "status", "code"), REFUSED)
async def test_what_is_not_wanted_is_refused_with_the_reason(
    client: aiohttp.ClientSession, data: bytes, query: dict[str, str], status: int, code: str
) -> None:
    async with client.post("/api/v1/media", data=io.BytesIO(data), params=query) as response:
        await problem(response, status, code)


async def test_a_file_over_the_usual_limit_of_bodies_comes_through(
    client: aiohttp.ClientSession, anybody: aiohttp.ClientSession
) -> None:
    data = PNG + bytes(MANY - len(PNG))
    made = await upload(client, data)
    async with anybody.get(made["url"]) as response:
        assert await response.read() == data


async def test_a_neighbours_file_is_not_there(
    client: aiohttp.ClientSession, url: str, db: Database
) -> None:
    made = await upload(client)
    next_door = new_id()
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, $2, 'Next door')",
            next_door,
            f"t-{next_door}",
        )
    async with db.transaction(next_door) as tx:
        token = await issue(tx, "test", "admin")
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(url, headers=headers) as neighbour,
        neighbour.get(f"/api/v1/media/{made['media_id']}") as response,
    ):
        await problem(response, 404, "not_found")


async def test_bytes_that_are_gone_are_told(
    client: aiohttp.ClientSession, anybody: aiohttp.ClientSession, tmp_path: Path
) -> None:
    made = await upload(client)
    for file in (tmp_path / "media").rglob(made["media_id"]):
        file.unlink()
    async with anybody.get(made["url"]) as response:
        await problem(response, 404, "not_found")


async def test_without_a_token_nothing_is_handed_in(
    url: str, anybody: aiohttp.ClientSession
) -> None:
    async with anybody.post(f"{url}/api/v1/media", data=PNG) as response:
        await problem(response, 401, "unauthenticated")
