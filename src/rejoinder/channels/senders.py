"""One message leaves through whichever platform it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from pydantic import ValidationError

from rejoinder.channels.port.account import opened
from rejoinder.channels.port.adapter import Account, Files, Platform
from rejoinder.channels.port.outgoing import NotTaken, Outgoing, Receipt, Refused
from rejoinder.channels.port.wire import Exchange, Wire
from rejoinder.channels.registry import POSTED, platform
from rejoinder.conversations.content import Text, read
from rejoinder.errors import Setup
from rejoinder.net.guard import Outward
from rejoinder.secrets.vault import Vault

FilesOf = Callable[[UUID], Files]
"""The media of one workspace."""

Noting = Callable[[Outgoing, Collection[str], Sequence[Exchange], str], None]
"""Takes what went over the wire for one message, the secrets not to write down, and the class of what came of it."""


class _NoFiles:
    async def url(self, media_id: str) -> str | None:
        return None

    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        return None


def no_files(workspace_id: UUID) -> Files:
    """For who sends texts only."""
    return _NoFiles()


def unnoted(
    outgoing: Outgoing, secrets: Collection[str], exchanges: Sequence[Exchange], what: str
) -> None:
    """Keeps nothing."""


def secrets_of(adapter: Platform, account: Account) -> list[str]:
    """What must not be written down of an account: all of its credentials but those that are known to be public."""
    public = {each.name for each in adapter.credentials if not each.secret}
    return [value for name, value in account.credentials.items() if name not in public]


class Senders:
    """One adapter a platform, over one pair of HTTP sessions."""

    def __init__(
        self, out: Outward, vault: Vault, files: FilesOf = no_files, note: Noting = unnoted
    ) -> None:
        self._out = out
        self._vault = vault
        self._files = files
        self._note = note
        self._posted = {name: adapter(out, vault) for name, adapter in POSTED.items()}

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send one message through its platform."""
        posted = self._posted.get(outgoing.platform)
        if posted is not None:
            return await posted.send(outgoing)
        return await self._through(outgoing)

    async def _through(self, outgoing: Outgoing) -> Receipt:
        adapter = platform(outgoing.platform)
        if adapter is None:
            return Refused(f"nothing is sent through the platform {outgoing.platform!r}")
        assert outgoing.workspace_id is not None, "a claimed delivery has a workspace"
        try:
            account = opened(
                self._vault,
                outgoing.channel_id,
                outgoing.settings,
                outgoing.credentials,
                allow_private_networks=outgoing.allow_private_networks,
                account=outgoing.account,
            )
            parts = read(outgoing.content) or (Text(text=outgoing.text),)
        except Setup as unreadable:
            return NotTaken(str(unreadable))
        except ValidationError as odd:
            return Refused(f"its content can't be read: {odd.errors()[0]['msg']}")
        wire = Wire(self._out, account.allow_private_networks)
        noted = "raised"
        try:
            receipt = await adapter.send(
                account, outgoing, parts, wire, self._files(outgoing.workspace_id)
            )
            noted = type(receipt).__name__.lower()
        finally:
            self._note(outgoing, secrets_of(adapter, account), wire.exchanges, noted)
        return receipt
