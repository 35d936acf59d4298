"""What turns hold of files in memory is bounded in all, and free again when they are done."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import new_id
from rejoinder.llm.model import Attachment
from rejoinder.media.look import Viewer
from rejoinder.media.model import Located
from rejoinder.media.objects import Objects
from rejoinder.media.taking.download import Means, download
from rejoinder.turns.answering.look import look
from rejoinder.turns.model import Asked
from tests.media.conftest import PNG, Vendor, Where, comes
from tests.scenarios.shop import Shop

TAKES = ["image/png"]


def _message(media_id: UUID) -> Asked:
    files: list[JsonValue] = [{"kind": "image", "media_id": str(media_id)}]
    return Asked(new_id(), 1, None, "customer", "image", "[image]", datetime.now(UTC), files=files)


async def test_a_turn_that_comes_when_much_is_held_goes_without_its_files(
    means: Means, shop: Shop, vendor: Vendor, where: Where, objects: Objects
) -> None:
    where.found = Located(vendor.gives("/cat", PNG))
    came = await comes(shop)
    assert await download(means, shop.workspace_id, came.media_id) == "ready"
    viewer = Viewer(shop.db, objects, seconds=1, hears=False, most_held=2 * len(PNG) - 1)

    async def shown() -> tuple[Attachment, ...]:
        asked = [_message(came.media_id)]
        return (await look(viewer, shop.workspace_id, asked, TAKES))[1]

    first = await shown()
    assert [each.data for each in first] == [PNG]
    assert await shown() == (), "the first turn still asks its model"
    del first
    assert len(await shown()) == 1
