"""The token file: made once, kept while it is good, and a clear word when it can't be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from rejoinder.app.tokens.file import ensure_token, read_token, token_path
from rejoinder.db import Database, new_id
from rejoinder.errors import Setup
from rejoinder.workspaces.tokens import Tokens

NOBODY = 65534


@contextmanager
def as_a_normal_user() -> Iterator[None]:
    """Root may write anywhere, so it steps down for a moment; others are what they are."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder that may be read but not written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


async def test_a_token_is_made_once_and_kept(
    db: Database, tmp_path: Path, workspace_id: UUID
) -> None:
    data = tmp_path / "data"
    token = await ensure_token(db, data, workspace_id)
    assert await ensure_token(db, data, workspace_id) == token == read_token(data)
    assert (await Tokens(db).caller(token)).workspace_id == workspace_id
    assert token_path(data).stat().st_mode & 0o777 == 0o600
    assert list(data.iterdir()) == [token_path(data)]


@pytest.mark.parametrize("unknown", ["", "rj_admin_of-another-database"])
async def test_a_token_the_database_does_not_know_is_replaced(
    unknown: str, db: Database, tmp_path: Path, workspace_id: UUID
) -> None:
    token_path(tmp_path).write_text(unknown)
    token = await ensure_token(db, tmp_path, workspace_id)
    assert read_token(tmp_path) == token != unknown


async def test_what_a_killed_process_left_is_in_nobodys_way(
    db: Database, tmp_path: Path, workspace_id: UUID
) -> None:
    left = [tmp_path / f".token.{os.getpid()}", tmp_path / ".token.1"]
    for draft in left:
        draft.touch(0o600)
    token = await ensure_token(db, tmp_path, workspace_id)
    assert read_token(tmp_path) == token
    assert set(tmp_path.iterdir()) == {token_path(tmp_path), *left}


async def test_a_folder_that_cant_be_written_is_named(
    db: Database, locked: Path, workspace_id: UUID
) -> None:
    with (
        as_a_normal_user(),
        pytest.raises(
            Setup, match=r"can't be written: Permission denied.*REJOINDER_DATA"
        ) as refused,
    ):
        await ensure_token(db, locked, workspace_id)
    assert refused.value.code == "token_unwritable"
    assert str(token_path(locked)) in refused.value.detail
    assert await tokens(db, workspace_id) == 0, "a token that nobody can know is not kept"


async def test_a_file_in_place_of_the_folder_is_named(
    db: Database, tmp_path: Path, workspace_id: UUID
) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(Setup, match=r"can't be read: Not a directory.*REJOINDER_DATA"):
        await ensure_token(db, tmp_path / "data", workspace_id)


async def test_a_token_of_another_user_is_named(
    db: Database, locked: Path, workspace_id: UUID
) -> None:
    token_path(locked).touch(0o000)
    with as_a_normal_user(), pytest.raises(Setup, match="belongs to another user"):
        await ensure_token(db, locked, workspace_id)


async def test_the_old_token_stays_good_when_a_new_one_cant_be_written(
    db: Database, locked: Path, tmp_path: Path, workspace_id: UUID
) -> None:
    token = await ensure_token(db, tmp_path, workspace_id)
    with as_a_normal_user(), pytest.raises(Setup):
        await ensure_token(db, locked, workspace_id)
    assert (await Tokens(db).caller(token)).workspace_id == workspace_id


def test_no_token_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Setup, match=r"no token.*make run"):
        read_token(tmp_path / str(new_id()))


async def tokens(db: Database, workspace_id: UUID) -> int:
    async with db.read(workspace_id) as read:
        count: int = await read.connection.fetchval(
            "SELECT count(*) FROM api_tokens WHERE workspace_id = $1", workspace_id
        )
    return count
