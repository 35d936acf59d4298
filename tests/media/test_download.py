"""A message's file is fetched, judged and kept, or it is said why not."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.media import keep, store
from rejoinder.media.model import Claimed, Gone, Located, NotLocated, Transcript
from rejoinder.media.objects import Objects, Place
from rejoinder.media.taking.download import PAUSES, Means, download, pause_after
from rejoinder.media.taking.judge import Refused
from rejoinder.media.taking.scan import NotScanned
from rejoinder.usage.model import Call
from tests.media.conftest import OGG, PNG, TOKEN, Vendor, Where, comes, forever, sha, stored
from tests.scenarios.shop import Shop

JOBS = """
SELECT count(*) FROM pgqueuer WHERE entrypoint = 'media' AND payload = uuid_send($1) || uuid_send($2)
"""


async def once(means: Means, shop: Shop, media_id: object) -> str | None:
    """One try."""
    return await download(means, shop.workspace_id, media_id)  # type: ignore[arg-type]


async def test_a_file_is_kept_with_what_its_content_says(
    means: Means, shop: Shop, vendor: Vendor, where: Where, objects: Objects
) -> None:
    came = await comes(shop, mime_type="image/jpeg", filename="cat.jpg", sha256=sha(PNG))
    where.found = Located(vendor.gives("/cat", PNG), {"Authorization": TOKEN}, (vendor.host,))
    assert await shop.sql(JOBS, came.media_id) is not None
    assert await once(means, shop, came.media_id) == "ready"
    file = await stored(shop, came)
    assert (file.state, file.mime_type, file.told_type) == ("ready", "image/png", "image/jpeg")
    assert (file.size, file.filename, file.message_id) == (
        len(PNG),
        "cat.jpg",
        came.message.message_id,
    )
    assert file.key == f"{shop.workspace_id}/{file.created_at:%Y/%m}/{came.media_id}"
    assert await objects.read(file.key) == PNG
    assert where.asked[0]["id"] == "at-the-platform"
    assert vendor.asked[0].headers["Authorization"] == TOKEN


async def test_the_message_names_its_file_and_a_job_was_left(shop: Shop) -> None:
    came = await comes(shop)
    (message,) = await shop.messages(came.message)
    assert message.content == [{"kind": "image", "media_id": str(came.media_id)}]
    assert (await shop.sql(JOBS, came.media_id))[0][0] == 1


async def test_a_second_try_finds_nothing_to_do(
    means: Means, shop: Shop, vendor: Vendor, where: Where
) -> None:
    came = await comes(shop)
    where.found = Located(vendor.gives("/cat", PNG))
    both = await asyncio.gather(*(once(means, shop, came.media_id) for _ in range(2)))
    assert sorted(map(str, both)) == ["None", "ready"]
    assert await once(means, shop, came.media_id) is None
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("written", [sha(PNG), b64encode(bytes.fromhex(sha(PNG))).decode()])
async def test_another_digest_than_told_is_tried_again(
    means: Means, shop: Shop, vendor: Vendor, where: Where, written: str
) -> None:
    came = await comes(shop, sha256=written)
    where.found = Located(vendor.gives("/cat", PNG + b"cut"))
    assert await once(means, shop, came.media_id) == "again"
    assert "SHA-256" in str((await stored(shop, came)).error)


REFUSED = {
    "a lie": (b"<html><script>", {}, "web page"),
    "too large": (PNG + bytes(2000), {}, "larger"),
    "told too large": (PNG, {"size": 5000}, "larger"),
}


@pytest.mark.parametrize(("data", "ref", "why"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_may_not_be_kept_is_refused_with_the_reason(
    means: Means,
    shop: Shop,
    vendor: Vendor,
    where: Where,
    objects: Objects,
    data: bytes,
    ref: dict[str, Any],
    why: str,
) -> None:
    came = await comes(shop, mime_type="image/jpeg", **ref)
    where.found = Located(vendor.gives("/cat", data))
    assert await once(means, shop, came.media_id) == "refused"
    file = await stored(shop, came)
    assert (file.state, file.key) == ("refused", None)
    assert why in str(file.error)
    assert [page async for page in objects.pages()] == []


async def test_a_private_address_is_refused(
    means: Means, shop: Shop, vendor: Vendor, where: Where
) -> None:
    came = await comes(shop)

    async def public(*_: object) -> Located:
        return Located(vendor.gives("/cat", PNG), allow_private=False)

    assert await once(replace(means, locate=public), shop, came.media_id) == "refused"
    assert vendor.asked == []


async def test_what_is_gone_has_failed_at_once(means: Means, shop: Shop, where: Where) -> None:
    came = await comes(shop)
    where.found = Gone("it expired")
    assert await once(means, shop, came.media_id) == "failed"
    assert (await stored(shop, came)).error == "it expired"


async def test_what_may_pass_is_tried_again_until_it_is_given_up(
    means: Means, shop: Shop, where: Where
) -> None:
    came = await comes(shop)
    where.found = NotLocated("the platform is down")
    outcomes = []
    for _ in range(len(PAUSES) + 1):
        await shop.sql(
            "UPDATE media SET next_try_at = now() WHERE workspace_id = $1 AND media_id = $2",
            came.media_id,
        )
        outcomes.append(await once(means, shop, came.media_id))
    assert outcomes == ["again"] * len(PAUSES) + ["failed"]
    assert (await shop.sql(JOBS, came.media_id))[0][0] == 1 + len(PAUSES)
    assert (await stored(shop, came)).error == "the platform is down"


@given(
    attempt=st.integers(1, 20),
    jitter=st.floats(0, 1),
    asked=st.none() | st.floats(0, 1e9),
)
def test_pauses_are_bounded(attempt: int, jitter: float, asked: float | None) -> None:
    pause = pause_after(attempt, jitter, asked)
    if attempt > len(PAUSES):
        assert pause is None
    else:
        assert pause is not None
        assert PAUSES[attempt - 1] <= pause.total_seconds() <= 1.2 * max(PAUSES[attempt - 1], 3600)


async def test_a_try_cut_off_leaves_nothing_and_is_found_again(
    means: Means, shop: Shop, vendor: Vendor, where: Where, objects: Objects
) -> None:
    came = await comes(shop)
    begun = asyncio.Event()

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(PNG[:10])
        begun.set()
        return await forever(request)

    vendor.routes["/cat"] = half
    where.found = Located(f"{vendor.url}/cat")
    trying = asyncio.create_task(once(means, shop, came.media_id))
    async with asyncio.timeout(10):
        await begun.wait()
    trying.cancel()
    await asyncio.wait([trying])
    assert [page async for page in objects.pages()] == []
    assert (await stored(shop, came)).state == "waiting"
    assert await once(means, shop, came.media_id) is None, "its claim still stands"
    await shop.sql(
        "UPDATE media SET next_try_at = now() - interval '1 hour' WHERE workspace_id = $1"
    )
    assert await keep.sweep(shop.db) >= 1
    assert (await shop.sql(JOBS, came.media_id))[0][0] == 2
    vendor.gives("/cat", PNG)
    assert await once(means, shop, came.media_id) == "ready"


async def test_who_lost_its_claim_writes_nothing_down(
    means: Means, shop: Shop, vendor: Vendor, where: Where
) -> None:
    came = await comes(shop)
    async with shop.db.statement(shop.workspace_id) as tx:
        slow = await store.claim(tx, came.media_id, timedelta(0))
        assert slow is not None
    where.found = Located(vendor.gives("/cat", PNG))
    assert await once(means, shop, came.media_id) == "ready"
    async with shop.db.statement(shop.workspace_id) as tx:
        assert not await store.hold(tx, slow, timedelta(seconds=30))


async def test_a_file_that_kills_its_workers_is_given_up(
    means: Means, shop: Shop, vendor: Vendor, where: Where
) -> None:
    came = await comes(shop)
    where.found = Located(vendor.gives("/cat", PNG))
    for _ in range(len(PAUSES) + 1):
        async with shop.db.statement(shop.workspace_id) as tx:  # each dies at once
            assert await store.claim(tx, came.media_id, timedelta(0)) is not None
    assert await once(means, shop, came.media_id) == "failed"
    assert "died" in ((await stored(shop, came)).error or "")
    assert where.asked == []


async def test_a_store_that_is_away_is_tried_again(
    means: Means, shop: Shop, vendor: Vendor, where: Where
) -> None:
    came = await comes(shop)
    where.found = Located(vendor.gives("/cat", PNG))
    away = replace(means, objects=Objects(Place("file:///proc/no-such-folder")))
    assert await once(away, shop, came.media_id) == "again"


class Finds:
    """A scanner that says what the test wants."""

    by_name = False

    def __init__(self, found: Exception | None) -> None:
        self.found = found

    async def __call__(self, file: object) -> None:
        if self.found:
            raise self.found


async def test_a_virus_is_refused_and_a_scanner_that_is_away_awaited(
    means: Means, shop: Shop, vendor: Vendor, where: Where
) -> None:
    where.found = Located(vendor.gives("/cat", PNG))
    found = {NotScanned("away"): "again", Refused("Eicar"): "refused", None: "ready"}
    for scanned, outcome in found.items():
        came = await comes(shop)
        assert await once(replace(means, scan=Finds(scanned)), shop, came.media_id) == outcome


async def test_a_recording_is_written_down_and_booked(
    means: Means, shop: Shop, vendor: Vendor, where: Where
) -> None:
    async def hears(claimed: Claimed, data: bytes, mime_type: str) -> Transcript:
        assert (claimed.media_id, data, mime_type) == (came.media_id, OGG, "audio/ogg")
        call = Call("openai", "whisper-1", "[audio]", "Is it open?", 0, 3, True, 0.1, "ok", "")
        return Transcript("Is it open?", call)

    came = await comes(shop, kind="audio")
    where.found = Located(vendor.gives("/note", OGG))
    assert await once(replace(means, transcribe=hears), shop, came.media_id) == "ready"
    assert (await stored(shop, came)).transcript == "Is it open?"
    booked = await shop.sql(
        "SELECT model, message_id, contact_id FROM ai_response_logs WHERE workspace_id = $1"
    )
    assert [(row[0], row[1]) for row in booked] == [("whisper-1", came.message.message_id)]
    assert booked[0]["contact_id"] is not None


@pytest.fixture(autouse=True)
async def no_jobs_left(shop: Shop) -> AsyncIterator[None]:
    """Other tests' workers would fetch these files."""
    yield
    await shop.sql(
        "DELETE FROM pgqueuer WHERE entrypoint = 'media' AND substr(payload, 1, 16) = uuid_send($1)"
    )
