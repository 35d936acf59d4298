"""One suite for both stores: a folder, and a real server that speaks S3."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from rejoinder.errors import Setup
from rejoinder.media.objects import Away, Objects, Place
from rejoinder.settings import Settings

KEY = "0198c0de-0000-7000-8000-000000000001/2026/11/0198c0de-0000-7000-8000-000000000002"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of moto's server."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3", "s3 with a prefix"])
async def objects(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Objects]:
    if request.param == "folder":
        yield Objects(Place(f"file://{tmp_path}/deep/media"))
        return
    endpoint = request.getfixturevalue("s3")
    bucket = f"b{abs(hash(str(tmp_path)))}"
    async with aiohttp.ClientSession() as http, http.put(f"{endpoint}/{bucket}") as made:
        assert made.status == 200
    prefix = "/a/b" if "prefix" in request.param else ""
    yield Objects(Place(f"s3://{bucket}{prefix}", endpoint, None, "key", "secret"))


async def test_what_is_put_comes_back(objects: Objects) -> None:
    data = bytes(range(256)) * 5000
    await objects.put(KEY, io.BytesIO(data))
    assert await objects.read(KEY) == data
    assert b"".join([piece async for piece in objects.stream(KEY, 0, len(data))]) == data
    assert b"".join([piece async for piece in objects.stream(KEY, 100, 700)]) == data[100:700]
    assert [piece async for piece in objects.stream(KEY, 5, 5)] == []


async def test_a_second_put_replaces_the_first(objects: Objects) -> None:
    file = io.BytesIO(b"first, and longer")
    file.read()
    await objects.put(KEY, file)
    assert await objects.read(KEY) == b"first, and longer", "from its beginning"
    await objects.put(KEY, io.BytesIO(b"second"))
    assert await objects.read(KEY) == b"second"


async def test_what_is_not_there_is_none(objects: Objects) -> None:
    assert await objects.read(KEY) is None
    assert [piece async for piece in objects.stream(KEY, 0, 5)] == []
    assert [each async for page in objects.pages() for each in page] == []
    await objects.delete([KEY])


async def test_all_are_listed_and_deleted(objects: Objects) -> None:
    keys = {f"{KEY}{number}" for number in range(12)}
    for key in keys:
        await objects.put(key, io.BytesIO(b"x"))
    listed = {key: at async for page in objects.pages() for key, at in page}
    assert listed.keys() == keys
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=5) for at in listed.values())
    await objects.delete([*keys, f"{KEY}-never"])
    assert [each async for page in objects.pages() for each in page] == []


async def test_a_folder_is_its_owners_alone(tmp_path: Path) -> None:
    await Objects(Place(f"file://{tmp_path}/media")).put("a/b", io.BytesIO(b"x"))
    assert (tmp_path / "media").stat().st_mode & 0o777 == 0o700


async def test_a_data_folder_may_have_any_name(tmp_path: Path) -> None:
    settings = Settings.model_construct(data_dir=tmp_path / "100 % #1?")
    await Objects(Place.of(settings)).put("a/b", io.BytesIO(b"x"))
    assert (tmp_path / "100 % #1?" / "media" / "a" / "b").read_bytes() == b"x"


async def test_a_server_that_is_not_there_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rejoinder.media.objects._TRIES_S", timedelta(seconds=0.2))
    away = Objects(Place("s3://bucket", "http://127.0.0.1:9", None, "key", "secret"))
    with pytest.raises(Away):
        await away.put(KEY, io.BytesIO(b"x"))
    with pytest.raises(Away):
        await away.read(KEY)


@pytest.mark.parametrize("url", ["", "media", "/media", "s3://", "https://x", "file://host/x"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(Setup, match="REJOINDER_MEDIA_URL"):
        Objects(Place(url))


def test_keys_are_not_shown() -> None:
    assert "sesame" not in repr(Place("s3://b", access_key="sesame", secret_key="sesame"))
