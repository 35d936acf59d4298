"""Writing a recording down costs money: it counts for the bot it came to, and stops with its budget."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.policies import BotSettings, Spend
from rejoinder.media.model import Located, Transcript
from rejoinder.media.taking.download import Means, download
from rejoinder.media.taking.hear import Hearing
from rejoinder.usage.model import Call
from tests.media.conftest import OGG, Came, Vendor, Where, comes, stored
from tests.scenarios.shop import Shop


@dataclass
class Hears:
    """Writes everything down for two cents; `asked` are the bots it was done for."""

    asked: list[UUID] = field(default_factory=list)

    async def __call__(self, data: bytes, mime_type: str, bot_id: UUID) -> Transcript:
        self.asked.append(bot_id)
        call = Call(
            "openai",
            "whisper-1",
            "[audio]",
            "Is it open?",
            0,
            3,
            True,
            0.1,
            "ok",
            "",
            cost=Decimal("0.02"),
            purpose="transcribe",
            bot_id=bot_id,
        )
        return Transcript("Is it open?", call)


@pytest.fixture
def hears() -> Hears:
    return Hears()


@pytest.fixture(autouse=True)
async def no_jobs_left(shop: Shop) -> AsyncIterator[None]:
    """Other tests' workers would fetch these files."""
    yield
    await shop.sql(
        "DELETE FROM pgqueuer WHERE entrypoint = 'media' AND substr(payload, 1, 16) = uuid_send($1)"
    )


async def note(shop: Shop, means: Means) -> Came:
    """A voice note comes and is fetched."""
    came = await comes(shop, kind="audio")
    assert await download(means, shop.workspace_id, came.media_id) == "ready"
    return came


async def bounded(shop: Shop, spend: Spend) -> None:
    """The shop's bot may spend so much."""
    settings = BotSettings(spend=spend)
    async with shop.db.transaction(shop.workspace_id) as tx:
        await bots.change_bot(tx, replace(shop.bot, settings=settings))


@pytest.mark.parametrize(
    "spend",
    [Spend(bot_usd_a_day=0.01), Spend(contact_usd_a_day=0.01, downgrade_to="local")],
    ids=["bot", "contact"],
)
async def test_it_stops_with_the_budget(
    shop: Shop, means: Means, vendor: Vendor, where: Where, hears: Hears, spend: Spend
) -> None:
    await bounded(shop, spend)
    where.found = Located(vendor.gives("/note", OGG))
    hearing = replace(means, transcribe=Hearing(shop.db, hears))
    first, second = await note(shop, hearing), await note(shop, hearing)
    assert (await stored(shop, first)).transcript == "Is it open?"
    assert (await stored(shop, second)).transcript is None
    assert hears.asked == [shop.bot.bot_id]


async def test_it_is_booked_for_the_bot(
    shop: Shop, means: Means, vendor: Vendor, where: Where, hears: Hears
) -> None:
    where.found = Located(vendor.gives("/note", OGG))
    hearing = replace(means, transcribe=Hearing(shop.db, hears))
    await note(shop, hearing)
    await note(shop, hearing)
    booked = await shop.sql("SELECT bot_id, purpose FROM ai_response_logs WHERE workspace_id = $1")
    assert [tuple(row) for row in booked] == [(shop.bot.bot_id, "transcribe")] * 2
