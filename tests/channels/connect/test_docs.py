"""The page about channels names every platform that comes with the program, and every setting they share."""

from __future__ import annotations

from pathlib import Path

from rejoinder.channels.connect.settings import Common
from rejoinder.channels.registry import platform, platforms

_PAGE = Path(__file__).parents[3] / "docs" / "channels" / "README.md"


def test_every_platform_and_every_shared_setting_is_documented() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    for name in (*platforms(), *Common.model_fields):
        assert f"`{name}`" in page, f"docs/channels/README.md misses {name}"


def test_every_credential_a_person_must_give_is_on_the_platforms_page() -> None:
    for name in platforms():
        adapter = platform(name)
        assert adapter is not None
        page = (_PAGE.parent / f"{name}.md").read_text(encoding="utf-8")
        for field in (*adapter.credentials, *adapter.settings):
            assert f"`{field.name}`" in page, f"docs/channels/{name}.md misses {field.name}"
