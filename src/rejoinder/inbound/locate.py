"""Where a platform keeps a file, asked with its channel's credentials: what the room of media can't know."""

from __future__ import annotations

from uuid import UUID

from pydantic import JsonValue

from rejoinder.bots import store as bots
from rejoinder.channels.port.account import opened
from rejoinder.channels.port.adapter import NotThere
from rejoinder.channels.port.event import MediaRef
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.registry import platform
from rejoinder.db import Database
from rejoinder.errors import RejoinderError
from rejoinder.media.model import Gone, Locate, Located, NotLocated
from rejoinder.net.guard import Forbidden, NotSent, Outward, Unanswered
from rejoinder.secrets.vault import Vault
from rejoinder.workspaces import store as workspaces

_FAILED = (Forbidden, NotSent, Unanswered, RejoinderError)


def locating(db: Database, vault: Vault, out: Outward) -> Locate:
    """Ask a file's platform where it is to be fetched now."""

    async def locate(workspace_id: UUID, channel_id: UUID, source: dict[str, JsonValue]) -> Located:
        async with db.read(workspace_id) as read:
            channel = await bots.channel(read, channel_id)
            allow_private = await workspaces.allows_private_networks(read)
        adapter = platform(channel.platform) if channel else None
        if channel is None or adapter is None:
            raise Gone("its channel is gone, or of a platform that is not known here")
        try:
            account = opened(
                vault,
                channel_id,
                channel.settings.stored(),
                channel.credentials,
                allow_private_networks=allow_private,
                account=channel.account,
            )
            found = await adapter.locate(account, reference(source), Wire(out, allow_private))
        except NotThere as gone:
            raise Gone(str(gone) or "the platform has it no more") from None
        except _FAILED as failed:
            wait = failed.retry_after if isinstance(failed, RejoinderError) else None
            raise NotLocated(f"the platform did not say where it is: {failed}", wait) from None
        return Located(found.url, found.headers, found.hosts, allow_private)

    return locate


def reference(source: dict[str, JsonValue]) -> MediaRef:
    """The file as its platform named it; `source` is what `media.source` holds."""
    size = source.get("size")
    return MediaRef(
        part=0,
        id=_text(source.get("id")),
        url=_text(source.get("url")),
        mime_type=_text(source.get("mime_type")),
        sha256=_text(source.get("sha256")),
        size=size if isinstance(size, int) else None,
    )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
