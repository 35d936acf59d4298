"""Which adapter sends for a platform. Nothing else that sends knows their names."""

from __future__ import annotations

from rejoinder.channels.model import Outgoing, Receipt, Refused
from rejoinder.channels.pancake.post import Pancake
from rejoinder.channels.rest.callback import Callback
from rejoinder.net.guard import Outward
from rejoinder.secrets.vault import Vault

_ADAPTERS: dict[str, type[Callback | Pancake]] = {"rest": Callback, "pancake": Pancake}

SENDING = frozenset(_ADAPTERS)
"""The platforms that replies are sent through; those of the others are fetched or streamed."""

_AWAITED = frozenset({"pancake"})


class Senders:
    """One adapter a platform, over one pair of HTTP sessions."""

    def __init__(self, out: Outward, vault: Vault) -> None:
        self._adapters = {name: adapter(out, vault) for name, adapter in _ADAPTERS.items()}

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send one message through its platform."""
        adapter = self._adapters.get(outgoing.platform)
        if adapter is None:
            return Refused(f"nothing is sent through the platform {outgoing.platform!r}")
        return await adapter.send(outgoing)


def knows_repeats(outgoing: Outgoing) -> bool:
    """Whether its platform would know this message again, so that it may be sent twice and is taken once."""
    adapter = _ADAPTERS.get(outgoing.platform)
    return adapter is not None and adapter.knows_repeats(outgoing)


def is_awaited(platform: str) -> bool:
    """Whether callers wait for the end of a delivery there: they are woken when it comes."""
    return platform in _AWAITED
