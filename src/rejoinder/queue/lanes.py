"""The lanes: which jobs go where, and what other systems call the same queues. docs/queues.md tells of each."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Final

TURNS: Final = "turns"
"""The lane of wake-ups."""

INTAKE: Final = "intake"
"""The lane of webhooks that could not be applied when they came."""

MEDIA: Final = "media"
"""The lane of downloads."""

EMBEDDINGS: Final = "embeddings"
"""The lane of documents and messages to be embedded."""

SUMMARIES: Final = "summaries"
"""The lane of conversations that have grown long."""

IMPORTS: Final = "imports"
"""The lane of websites that are read into knowledge."""

DELIVER: Final = "deliver"
"""All lanes of sending at once; each platform has its own, so that one that is down holds up no other."""

_SENDS_AT_ONCE = (
    1000  # each waits for somebody's server, up to 15 s, and costs a socket and a few kilobytes
)


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane. `concurrency` is its default, None where a setting of its own says it; no lane has a default rate.

    `aliases` are other systems' names of the same work: of several lanes, where those had one queue for all.
    """

    name: str
    carries: str
    concurrency: int | None
    aliases: tuple[str, ...] = ()


def deliver_lane(platform: str) -> str:
    """The lane of what is sent through a platform."""
    return f"{DELIVER}.{platform}"


def platform_of(lane: str) -> str:
    """The platform whose deliveries a lane carries; before there was a lane for each, all were REST's."""
    return lane.removeprefix(DELIVER).removeprefix(".") or "rest"


def _sending(platform: str, carries: str, *aliases: str) -> Lane:
    return Lane(deliver_lane(platform), carries, _SENDS_AT_ONCE, ("outgoing-messages", *aliases))


_PLUGGED_IN = sorted(
    {each.name for each in entry_points(group="rejoinder.channels")}
    - {"rest", "pancake", "whatsapp_cloud", "whatsapp_qr", "line", "telegram"}
)

LANES: Final = (
    Lane(
        TURNS,
        "wake-ups: conversations whose turn may be due",
        None,  # REJOINDER_MAX_TURNS
        ("incoming-messages", "ai-processing", "ai_response_queue", "default", "high_priority"),
    ),
    _sending("rest", "replies posted to a callback"),
    _sending("pancake", "replies and actions posted to Pancake"),
    _sending("whatsapp_cloud", "messages sent over the WhatsApp Cloud API", "whatsapp-cloud-send"),
    _sending("whatsapp_qr", "nothing is sent there yet", "whatsapp-qr-send"),
    _sending("line", "messages sent over LINE"),
    _sending("telegram", "messages sent over Telegram"),
    *(_sending(name, "messages sent over a platform that was plugged in") for name in _PLUGGED_IN),
    Lane(INTAKE, "webhooks that could not be applied when they came", 20),
    Lane("webhooks", "nothing is sent there yet", 100, ("webhook-delivery",)),
    Lane(MEDIA, "files of messages, downloaded", 10),
    Lane(EMBEDDINGS, "documents and messages whose vectors are made", 5),
    Lane(SUMMARIES, "conversations whose older messages are summarised", 5),
    Lane(IMPORTS, "websites and sitemaps, read into knowledge", 2),
    Lane("bulk", "nothing is sent there yet", 50, ("low_priority",)),
    Lane("maintenance", "nothing is sent there yet", 1),
)

NAMES: Final = frozenset(lane.name for lane in LANES)


def find(name: str) -> tuple[Lane, ...]:
    """The lanes of a name or an alias: several for `deliver` and its aliases, none for a name nobody knows."""
    return tuple(
        lane
        for lane in LANES
        if lane.name == name
        or name in lane.aliases
        or (name == DELIVER and lane.name.startswith(f"{DELIVER}."))
    )


def nearest(name: str) -> str | None:
    """The lane's name or alias that an unknown name resembles, if any."""
    known = [DELIVER, *(lane.name for lane in LANES), *(a for lane in LANES for a in lane.aliases)]
    return next(iter(get_close_matches(name, known, n=1)), None)


def unknown(name: str) -> tuple[str, str]:
    """What to tell of a name that is no lane's: the detail, and the mend that names them all."""
    near = nearest(name)
    return (
        f"There is no lane {name!r}." + (f" The nearest is {near!r}." if near else ""),
        f"The lanes are: {', '.join((DELIVER, *(lane.name for lane in LANES)))}; docs/queues.md has their aliases.",
    )
