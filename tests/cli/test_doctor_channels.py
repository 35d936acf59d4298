"""What `rejoinder doctor` says of the channels of chat platforms."""

from __future__ import annotations

from dataclasses import replace

from rejoinder.cli.doctor.store import ChatChannel
from rejoinder.cli.doctor.stored import judge_channels

WELL = ChatChannel("demo", "Shop", "telegram", "7", False, False, "", 0)
PUBLIC = "https://chat.example"


def judged(channel: ChatChannel, public_url: str | None = PUBLIC) -> list[tuple[str, str]]:
    """State and words of what is found about it."""
    return [
        (each.state, each.told) for each in judge_channels([channel], ("telegram",), public_url)
    ]


def test_nothing_is_asked_of_who_has_no_such_channel() -> None:
    (found,) = judge_channels([], ("telegram",), None)
    assert found.state == "ok"


def test_one_that_is_well_is_named() -> None:
    assert judged(WELL) == [("ok", "demo/Shop (telegram, account 7).")]


def test_each_ailment_is_told() -> None:
    ill = replace(WELL, account=None, paused=True, stopped=True, reason="401", quarantined=2)
    assert judged(ill) == [
        ("warning", "demo/Shop (telegram) is paused: 401."),
        ("warning", "demo/Shop (telegram) was never checked."),
        ("warning", "demo/Shop (telegram) has 2 quarantined webhooks."),
    ]
    assert judged(replace(WELL, platform="owl"))[0][0] == "wrong"
    throttled = judged(replace(WELL, paused=True))
    assert throttled == [
        (
            "warning",
            "demo/Shop (telegram, account 7) is paused for a while: its platform throttles it.",
        )
    ]


def test_without_an_https_address_platforms_can_not_be_told() -> None:
    for url in (None, "http://chat.example"):
        (_, (state, told)) = judged(WELL, url)
        assert state == "warning"
        assert "REJOINDER_PUBLIC_URL" in told
