"""Signed addresses, limits, and the port through which platforms are sent files."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.db import Database, new_id
from rejoinder.errors import Forbidden, Setup
from rejoinder.media import store
from rejoinder.media.files import shelves
from rejoinder.media.limits import MIB, USUAL, limits
from rejoinder.media.links import Links
from rejoinder.media.model import Kept, ids_in, key_of
from rejoinder.media.objects import Objects
from tests.media.conftest import PNG

NEW, OLD = b"the newer secret key", b"the older secret key"
WORKSPACE, MEDIA = new_id(), new_id()


def signed(links: Links, now: int = 1000, ttl: int = 60) -> tuple[int, str]:
    """(end, signature) of an address."""
    path, expires = links.path(WORKSPACE, MEDIA, now, ttl)
    query = parse_qs(urlsplit(path).query)
    assert query["expires"] == [str(expires)]
    return expires, query["signature"][0]


def test_an_address_works_until_its_end() -> None:
    links = Links((NEW,), None)
    expires, signature = signed(links)
    assert expires == 1060
    links.check(WORKSPACE, MEDIA, expires, signature, 1059)
    with pytest.raises(Forbidden) as ended:
        links.check(WORKSPACE, MEDIA, expires, signature, 1060)
    assert ended.value.code == "media_link_expired"


def test_an_older_key_still_opens() -> None:
    expires, signature = signed(Links((OLD,), None))
    Links((NEW, OLD), None).check(WORKSPACE, MEDIA, expires, signature, 1000)
    with pytest.raises(Forbidden):
        Links((NEW,), None).check(WORKSPACE, MEDIA, expires, signature, 1000)


@given(
    workspace=st.uuids(),
    media=st.uuids(),
    end=st.integers(-(2**70), 2**70),
    signature=st.text(max_size=60),
)
def test_nothing_else_passes(workspace: UUID, media: UUID, end: int, signature: str) -> None:
    links = Links((NEW,), None)
    expires, good = signed(links)
    wrong = [
        (workspace, MEDIA, expires, good),
        (WORKSPACE, media, expires, good),
        (WORKSPACE, MEDIA, end, good),
        (WORKSPACE, MEDIA, expires, signature),
        (WORKSPACE, MEDIA, expires, good[:-1]),
        (WORKSPACE, MEDIA, expires, good + "="),
    ]
    for each in wrong:
        if each != (WORKSPACE, MEDIA, expires, good):
            with pytest.raises(Forbidden):
                links.check(*each, 1000)


def test_a_key_names_its_file() -> None:
    key = key_of(WORKSPACE, MEDIA, datetime(2026, 3, 1, tzinfo=UTC))
    assert key == f"{WORKSPACE}/2026/03/{MEDIA}"
    assert ids_in(key) == (WORKSPACE, MEDIA)
    assert [ids_in(each) for each in ("", "a/b/c/d", f"{WORKSPACE}/{MEDIA}")] == [None] * 3


def test_limits_are_read() -> None:
    assert limits(None) == USUAL
    assert limits(" image=1, video = 5 ") == {**USUAL, "image": MIB, "video": 5 * MIB}
    for wrong in ("image", "image=", "image=0", "scent=3", "image=1.5", "image=9999"):
        with pytest.raises(Setup, match="REJOINDER_MEDIA_LIMITS"):
            limits(wrong)


async def test_platforms_get_an_address_or_the_bytes(
    db: Database, workspace_id: UUID, objects: Objects
) -> None:
    media_id = new_id()
    kept = Kept(key_of(workspace_id, media_id, datetime.now(UTC)), len(PNG), bytes(32), "image/png")
    await objects.put(kept.key, io.BytesIO(PNG))
    async with db.transaction(workspace_id) as tx:
        await store.add_ready(tx, media_id, "image", None, None, kept)
    hidden = shelves(db, objects, Links((NEW,), None))(workspace_id)
    shown = shelves(db, objects, Links((NEW,), "https://chat.shop.example/"))(workspace_id)
    assert await hidden.read(str(media_id)) == (PNG, "image/png", "image.png")
    assert await hidden.url(str(media_id)) is None
    url = await shown.url(str(media_id))
    assert url is not None
    assert url.startswith(f"https://chat.shop.example/media/{media_id}?workspace={workspace_id}&")
    for none in (str(new_id()), "", "no id"):
        assert (await shown.read(none), await shown.url(none)) == (None, None)
    neighbour = shelves(db, objects, Links((NEW,), "https://x"))(new_id())
    assert (await neighbour.read(str(media_id)), await neighbour.url(str(media_id))) == (None, None)
