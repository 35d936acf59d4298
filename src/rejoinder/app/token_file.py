"""The token that `serve` leaves for this machine's own tools, in a 0600 file."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from uuid import UUID

from rejoinder.db import Database
from rejoinder.errors import Setup, Unauthenticated
from rejoinder.workspaces import store
from rejoinder.workspaces.tokens import Tokens, issue


def token_path(data: Path) -> Path:
    """Where the token lies."""
    return data / "token"


def read_token(data: Path) -> str:
    """The token in the file. Raises Setup when there is none."""
    try:
        return token_path(data).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise Setup(
            f"There is no token in {data}.",
            mend="Start the program once (`make run` or `rejoinder serve`), or set REJOINDER_DATA to its folder.",
            code="no_token",
        ) from None
    except PermissionError:
        raise Setup(
            f"The token file {token_path(data)} belongs to another user.",
            mend="Run this as the user who runs Rejoinder.",
            code="no_token",
        ) from None
    except (OSError, UnicodeDecodeError) as unreadable:
        raise Setup(
            f"The token file {token_path(data)} can't be read: {unreadable}.",
            mend="Remove it, or name another data folder with REJOINDER_DATA; `serve` writes it anew.",
            code="no_token",
        ) from None


async def ensure_token(db: Database, data: Path, workspace_id: UUID) -> str:
    """The file's token if the database knows it, else a fresh one for this host; the old ones of this host end."""
    path = token_path(data)
    if path.exists():
        token = read_token(data)
        try:
            caller = await Tokens(db).caller(token)
        except Unauthenticated:
            pass
        else:
            if caller.workspace_id == workspace_id:
                return token
    name = f"token file of {socket.gethostname()}"
    async with db.transaction(workspace_id) as tx:
        await store.revoke_tokens_named(tx, name)
        token = await issue(tx, name, "admin")
    _write(path, token)
    return token


def _write(path: Path, token: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(token + "\n")
    fresh.replace(path)
