"""Private files: whole or not there, and nobody else's business."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rejoinder.secrets import replace_private
from rejoinder.secrets.file import create_private


def test_a_file_is_replaced_and_stays_private(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "file"
    replace_private(file, "first")
    file.chmod(0o644)
    replace_private(file, "สอง")
    assert file.read_text(encoding="utf-8") == "สอง"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_it_is_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        replace_private(tmp_path / "file", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_what_exists_is_not_created_again(tmp_path: Path) -> None:
    create_private(tmp_path / "file", "first")
    create_private(tmp_path / "file", "second")
    assert (tmp_path / "file").read_text() == "first"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_writers_at_once_leave_one_whole_text(tmp_path: Path) -> None:
    texts = [f"{number}" * 4000 for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda text: replace_private(tmp_path / "file", text), texts))
    assert (tmp_path / "file").read_text() in texts
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_nothing_is_left_of_a_text_that_cant_be_put_in_place(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_private(tmp_path / "file", "text")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write for another user")
def test_what_root_writes_for_a_service_stays_the_services(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    first = tmp_path / "first"
    replace_private(first, "made by root in the service's folder")
    assert first.stat().st_uid == 65534
    os.chown(first, 1234, 1234)
    replace_private(first, "rotated by root")
    assert (first.stat().st_uid, first.stat().st_mode & 0o777) == (1234, 0o600)
