"""What is old goes, and so do bytes that belong to nobody."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

from rejoinder.db import new_id
from rejoinder.media import keep, store
from rejoinder.media.model import Located
from rejoinder.media.objects import Objects
from rejoinder.media.taking.download import Means, download
from tests.media.conftest import PNG, Came, Vendor, Where, comes
from tests.scenarios.shop import Shop

NOW = timedelta(0)


async def kept(means: Means, shop: Shop, vendor: Vendor, where: Where) -> Came:
    """A file that is ready."""
    came = await comes(shop)
    where.found = Located(vendor.gives("/cat", PNG))
    assert await download(means, shop.workspace_id, came.media_id) == "ready"
    return came


async def keys(objects: Objects) -> list[str]:
    """What lies in the store."""
    return [key async for page in objects.pages() for key, _ in page]


async def test_bytes_follow_their_message(
    means: Means, shop: Shop, vendor: Vendor, where: Where, objects: Objects
) -> None:
    gone, stays = [await kept(means, shop, vendor, where) for _ in range(2)]
    await objects.put("somebody/else's", io.BytesIO(b"x"))
    await shop.sql(
        "DELETE FROM messages WHERE workspace_id = $1 AND message_id = $2", gone.message.message_id
    )
    assert len(await keys(objects)) == 3
    young = await keep.clean(shop.db, objects, None)
    assert young is not None
    assert young.orphans == 0, "its row may just be coming"
    cleaned = await keep.clean(shop.db, objects, None, orphaned=NOW)
    assert cleaned is not None
    assert (cleaned.old, cleaned.orphans) == (0, 1)
    left = await keys(objects)
    assert len(left) == 2
    assert any(str(stays.media_id) in key for key in left)


async def test_old_files_go_before_their_messages(
    means: Means, shop: Shop, vendor: Vendor, where: Where, objects: Objects
) -> None:
    old, new = [await kept(means, shop, vendor, where) for _ in range(2)]
    await shop.sql(
        "UPDATE media SET created_at = now() - interval '9 days' "
        "WHERE workspace_id = $1 AND media_id = $2",
        old.media_id,
    )
    cleaned = await keep.clean(shop.db, objects, timedelta(days=8))
    assert cleaned is not None
    assert cleaned.old == 1
    async with shop.db.read(shop.workspace_id) as read:
        assert list(await store.files(read, [old.media_id, new.media_id])) == [new.media_id]
    assert [str(new.media_id) in key for key in await keys(objects)] == [True]


async def test_what_a_killed_process_had_half_written_goes(
    means: Means, shop: Shop, vendor: Vendor, where: Where, objects: Objects, tmp_path: Path
) -> None:
    came = await kept(means, shop, vendor, where)
    (whole,) = (tmp_path / "media").rglob(str(came.media_id))
    half, other = whole.with_name(f"{whole.name}#1"), whole.with_name("notes#1")
    for each in (half, other):
        each.write_bytes(b"half")
    young = await keep.clean(shop.db, objects, None)
    assert (young and young.orphans, half.exists()) == (0, True), "it may be being written"
    cleaned = await keep.clean(shop.db, objects, None, orphaned=NOW)
    assert cleaned is not None
    assert cleaned.orphans == 1
    assert [each.exists() for each in (whole, half, other)] == [True, False, True]


async def test_another_installations_files_stay(shop: Shop, objects: Objects) -> None:
    theirs = f"{new_id()}/2026/11/{new_id()}"
    await objects.put(theirs, io.BytesIO(b"x"))
    cleaned = await keep.clean(shop.db, objects, None, orphaned=NOW)
    assert cleaned is not None
    assert cleaned.orphans == 0
    assert await keys(objects) == [theirs]


async def test_one_cleans_at_a_time(shop: Shop, objects: Objects) -> None:
    session = await shop.db.session("another cleaning")
    try:
        assert await store.try_lock(session)
        assert await keep.clean(shop.db, objects, None) is None
    finally:
        await session.close()
    assert await keep.clean(shop.db, objects, None) is not None


async def test_what_is_due_and_forgotten_is_enqueued_once(shop: Shop) -> None:
    came = await comes(shop)
    await shop.sql(
        "DELETE FROM pgqueuer WHERE payload = uuid_send($1) || uuid_send($2)", came.media_id
    )
    await shop.sql(
        "UPDATE media SET next_try_at = now() - interval '1 hour' WHERE workspace_id = $1"
    )
    assert await keep.sweep(shop.db) >= 1
    found = "SELECT count(*) FROM pgqueuer WHERE payload = uuid_send($1) || uuid_send($2)"
    assert (await shop.sql(found, came.media_id))[0][0] == 1
    await keep.sweep(shop.db)
    assert (await shop.sql(found, came.media_id))[0][0] == 1
    await shop.sql(
        "DELETE FROM pgqueuer WHERE payload = uuid_send($1) || uuid_send($2)", came.media_id
    )
