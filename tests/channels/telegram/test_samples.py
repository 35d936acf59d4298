"""Payloads that others have recorded are read, each as one event that is understood."""

from __future__ import annotations

from pathlib import Path

from rejoinder.channels.port.event import Edited, InboundEvent, Noted, Said
from rejoinder.channels.telegram.adapter import Telegram
from rejoinder.conversations.content import read, stored
from tests.channels.telegram.bot import account

KINDS: dict[str, tuple[type[InboundEvent], str]] = {
    "chatwoot__group_text": (Said, "text"),
    "chatwoot__video": (Said, "video"),
    "chatwoot__voice": (Said, "audio"),
    "tgguide__callback_query_postback": (Noted, ""),  # of an inline message, in nobody's chat
    "tgguide__edited": (Edited, ""),
    "tgguide__entities_text": (Said, "text"),
    "tgguide__reply": (Said, "text"),
    "tgguide__voice": (Said, "audio"),
    "vercelchat__photo-message": (Said, "image"),
    "vercelchat__replay_followUp": (Said, "text"),
}


def test_every_sample_is_understood(data: Path) -> None:
    samples = sorted((data / "samples" / "telegram").glob("*.json"))
    assert samples
    for sample in samples:
        (event,) = Telegram().parse(account(), sample.read_bytes())
        kind, part = KINDS.get(sample.stem, (type(event), ""))
        assert isinstance(event, kind), sample.stem
        assert isinstance(event, Said | Edited | Noted), sample.stem
        if isinstance(event, Said):
            assert part in ("", event.parts[0].kind), sample.stem
            assert read(stored(event.parts)) == event.parts
            assert event.external_id == f"{event.thread}:{event.external_id.rpartition(':')[2]}"


def test_a_sample_of_a_photo_names_its_largest_size(data: Path) -> None:
    body = (data / "samples" / "telegram" / "vercelchat__photo-message.json").read_bytes()
    (said,) = Telegram().parse(account(), body)
    assert isinstance(said, Said)
    assert [each.size for each in said.media] == [173215]
