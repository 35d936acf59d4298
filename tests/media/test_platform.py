"""A platform's own adapter says where a file is, with the channel's credentials."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web

from rejoinder.bots import store as bots
from rejoinder.bots.model import Channel, ChannelSettings
from rejoinder.channels.port.account import sealed
from rejoinder.db import Database, new_id
from rejoinder.inbound.locate import locating, reference
from rejoinder.media.model import Gone, NotLocated
from rejoinder.media.taking.download import Means, download
from rejoinder.net.guard import Outward
from rejoinder.secrets.vault import Vault
from tests.media.conftest import PNG, Vendor, comes, stored
from tests.scenarios.shop import Shop

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaww"


@pytest.fixture
def vault() -> Vault:
    return Vault(lambda: (b"the installation's secret key...",))


@pytest.fixture
async def telegram(db: Database, shop: Shop, vendor: Vendor, vault: Vault) -> Shop:
    """The shop's channel at the vendor, whose address is a private one."""
    channel = Channel(
        new_id(),
        shop.bot.bot_id,
        "telegram",
        "Telegram",
        ChannelSettings(base_url=vendor.url),
        sealed({"bot_token": TOKEN}, vault),
    )
    async with db.transaction(shop.workspace_id) as tx:
        await bots.add_channel(tx, channel)
    await allow(shop)
    return replace(shop, channel_id=channel.channel_id, platform="telegram")


async def allow(shop: Shop, allowed: bool = True) -> None:
    """Whether the workspace's channels may call private addresses."""
    await shop.sql(
        "UPDATE workspaces SET allow_private_networks = $2 WHERE workspace_id = $1", allowed
    )


def says_where(vendor: Vendor) -> None:
    """Telegram's getFile, and the file."""

    async def get_file(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_id": "f", "file_path": "a/b.png"}})

    vendor.routes[f"/bot{TOKEN}/getFile"] = get_file
    vendor.gives(f"/file/bot{TOKEN}/a/b.png", PNG)


async def test_a_file_comes_by_its_platforms_own_way(
    telegram: Shop, means: Means, vendor: Vendor, vault: Vault, out: Outward
) -> None:
    says_where(vendor)
    means = replace(means, locate=locating(telegram.db, vault, out))
    came = await comes(telegram, mime_type="image/png")
    assert await download(means, telegram.workspace_id, came.media_id) == "ready"
    assert (await stored(telegram, came)).size == len(PNG)


async def test_a_private_platform_is_not_asked_where_that_is_not_allowed(
    telegram: Shop, means: Means, vendor: Vendor, vault: Vault, out: Outward
) -> None:
    says_where(vendor)
    await allow(telegram, allowed=False)
    means = replace(means, locate=locating(telegram.db, vault, out))
    came = await comes(telegram)
    assert await download(means, telegram.workspace_id, came.media_id) == "again"
    assert vendor.asked == []
    assert TOKEN not in str((await stored(telegram, came)).error)


async def test_what_can_be_known_of_no_channel_is_gone(
    shop: Shop, vault: Vault, out: Outward
) -> None:
    locate = locating(shop.db, vault, out)
    for channel_id in (new_id(), shop.channel_id):
        with pytest.raises(Gone):
            await locate(shop.workspace_id, channel_id, {"id": "f"})


async def test_credentials_of_another_key_are_tried_again(
    telegram: Shop, vendor: Vendor, out: Outward
) -> None:
    other = Vault(lambda: (b"quite another secret key........",))
    with pytest.raises(NotLocated, match="another secret key"):
        await locating(telegram.db, other, out)(
            telegram.workspace_id, telegram.channel_id, {"id": "f"}
        )


def test_a_source_is_read_as_it_was_told() -> None:
    source = {"id": "f", "url": None, "sha256": "x", "size": 3, "mime_type": "audio/mp4"}
    ref = reference(dict(source))
    assert (ref.id, ref.url, ref.sha256, ref.size, ref.mime_type) == (
        "f",
        None,
        "x",
        3,
        "audio/mp4",
    )
