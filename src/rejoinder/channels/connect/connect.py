"""A channel is made, changed or checked, whichever platform it is of."""

from __future__ import annotations

from uuid import UUID

from rejoinder.bots.model import Channel
from rejoinder.channels.connect.chat import change_chat, check_chat, connect_chat
from rejoinder.channels.connect.locked import find
from rejoinder.channels.connect.model import Change, Connected, Tools, Wanted
from rejoinder.channels.connect.rest import change_posted, make_rest
from rejoinder.channels.port.adapter import Platform
from rejoinder.channels.registry import platform, platforms
from rejoinder.errors import Invalid


async def connect(
    tools: Tools, workspace_id: UUID, wanted: Wanted, *, verify: bool = True
) -> Connected:
    """Make a channel. Raises Invalid, Conflict or Unavailable, and then nothing is stored."""
    if wanted.platform == "rest":
        return await make_rest(tools.db, tools.vault, workspace_id, wanted)
    adapter = chat_platform(wanted.platform)
    return await connect_chat(tools, workspace_id, adapter, wanted, verify=verify)


async def change(
    tools: Tools, workspace_id: UUID, channel_id: UUID, wanted: Change, *, verify: bool = True
) -> Connected:
    """Change a channel; every process knows within 5 s. Raises NotFound, Invalid, Conflict or Unavailable."""
    before = await _channel(tools, workspace_id, channel_id)
    adapter = platform(before.platform)
    if adapter is None:
        return await change_posted(tools.db, tools.vault, workspace_id, channel_id, wanted)
    return await change_chat(tools, workspace_id, adapter, before, wanted, verify=verify)


async def check(
    tools: Tools, workspace_id: UUID, channel_id: UUID, *, announce: bool = False
) -> Connected:
    """Ask a chat platform's channel's platform again. Raises NotFound, Invalid, Conflict or Unavailable."""
    before = await _channel(tools, workspace_id, channel_id)
    adapter = platform(before.platform)
    if adapter is None:
        raise Invalid(
            f"There is nobody to ask about a channel of the platform {before.platform!r}.",
            mend="Only accounts of chat platforms are checked.",
        )
    return await check_chat(tools, workspace_id, adapter, before, announce=announce)


def chat_platform(name: str) -> Platform:
    """The adapter of that name. Raises Invalid where there is none, naming those there are."""
    adapter = platform(name)
    if adapter is None:
        names = ", ".join(repr(each) for each in ("rest", *platforms()))
        raise Invalid(
            f"There is no platform {name[:50]!r} to connect; there is {names}.",
            mend="GET /api/v1/platforms lists the chat platforms.",
            where="platform",
        )
    return adapter


async def _channel(tools: Tools, workspace_id: UUID, channel_id: UUID) -> Channel:
    async with tools.db.read(workspace_id) as read:
        return await find(read, channel_id)
