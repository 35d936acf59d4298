"""Pebble is plugged in as a package that pip installed would be: by the metadata of its distribution."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rejoinder.channels.registry import platform, platforms

ENTRY = "[rejoinder.channels]\npebble = tests.channels.conformance.pebble.adapter:Pebble\n"


def install(folder: Path) -> Path:
    """Write the metadata into a folder, which belongs on Python's path then."""
    metadata = folder / "pebble_for_rejoinder-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: pebble-for-rejoinder\nVersion: 1.0\n"
    )
    (metadata / "entry_points.txt").write_text(ENTRY)
    return folder


@contextmanager
def plugged_in(folder: Path) -> Iterator[None]:
    """This process knows Pebble until left."""
    sys.path.insert(0, str(install(folder)))
    _forget()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        _forget()


def _forget() -> None:
    platforms.cache_clear()
    platform.cache_clear()
