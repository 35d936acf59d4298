"""The token that `serve` leaves for this machine's own tools, in a 0600 file."""

from __future__ import annotations

import socket
from pathlib import Path
from uuid import UUID

from rejoinder.db import Database
from rejoinder.errors import Setup, Unauthenticated
from rejoinder.secrets import replace_private
from rejoinder.workspaces import store
from rejoinder.workspaces.tokens import Tokens, issue


def token_path(data: Path) -> Path:
    """Where the token lies."""
    return data / "token"


def read_token(data: Path) -> str:
    """The token in the file. Raises Setup when there is none."""
    token = _read(token_path(data))
    if token is None:
        raise Setup(
            f"There is no token in {data}.",
            mend="Start the program once (`make run` or `rejoinder serve`), or set REJOINDER_DATA to its folder.",
            code="no_token",
        )
    return token


async def ensure_token(db: Database, data: Path, workspace_id: UUID) -> str:
    """The file's token if the database knows it, else a fresh one; older ones of this folder on this host end.

    Raises Setup when the file can't be read or written; the old tokens stay good then.
    """
    path = token_path(data)
    token = _read(path)
    if token is not None and await _is_known(db, token, workspace_id):
        return token
    name = f"token file {path.absolute()} of {socket.gethostname()}"
    async with db.transaction(workspace_id) as tx:
        await store.revoke_tokens_named(tx, name)
        token = await issue(tx, name, "admin")
        _write(path, token)
    return token


async def _is_known(db: Database, token: str, workspace_id: UUID) -> bool:
    try:
        caller = await Tokens(db).caller(token)
    except Unauthenticated:
        return False
    return caller.workspace_id == workspace_id


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except PermissionError:
        raise Setup(
            f"The token file {path} belongs to another user.",
            mend="Run this as the user who runs Rejoinder.",
            code="no_token",
        ) from None
    except (OSError, UnicodeDecodeError) as unreadable:
        raise Setup(
            f"The token file {path} can't be read: {_why(unreadable)}.",
            mend="Remove it, or name another data folder with REJOINDER_DATA; `serve` writes it anew.",
            code="no_token",
        ) from None


def _write(path: Path, token: str) -> None:
    try:
        replace_private(path, token + "\n")
    except OSError as wrong:
        raise Setup(
            f"The token file {path} can't be written: {_why(wrong)}.",
            mend="Let the user that runs Rejoinder write the data folder, or name another with REJOINDER_DATA.",
            code="token_unwritable",
        ) from None


def _why(wrong: OSError | UnicodeDecodeError) -> str:
    return (wrong.strerror if isinstance(wrong, OSError) else None) or str(wrong)
