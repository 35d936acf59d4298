"""The secret keys: the operator's, or one made once and kept in the data folder, and those before it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TypeAlias

from rejoinder.errors import Setup
from rejoinder.secrets.file import create_private, replace_private

FILE = "secret.key"
_SHORTEST = 16  # characters; a made key has 43
_MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


Keys: TypeAlias = tuple[bytes, ...]
"""The installation's secret keys, newest first: that one seals and signs, all open and verify."""


def load_keys(configured: str | None, data: Path | None) -> Keys:
    """The installation's secret keys, to be given to `derive`.

    `configured` is REJOINDER_SECRET_KEY: one key, or several with commas between. Without it they
    are the lines of `data`/secret.key, the first made on first use: every process on that folder
    gets the same. Raises Setup when a key is too short, there is neither key nor folder, or the
    file can't be used or is open to other users.
    """
    if configured is not None:
        keys = tuple(part.strip().encode() for part in configured.split(","))
        for key in keys:
            if len(key) < _SHORTEST:
                raise Setup(
                    f"A key in REJOINDER_SECRET_KEY has {len(key)} characters; it needs {_SHORTEST}.",
                    mend=f"Make one with: {_MAKE_ONE}. A comma stands between two keys, newest first.",
                    code="secret_key_too_short",
                )
        return keys
    if data is None:
        raise Setup(
            "There is no secret key: REJOINDER_SECRET_KEY is not set and there is no data folder.",
            mend=f"Set REJOINDER_SECRET_KEY; make one with: {_MAKE_ONE}",
            code="secret_key_missing",
        )
    path = data / FILE
    try:
        return _read(path) or _make(path)
    except OSError as wrong:
        raise Setup(
            f"The key file {path} can't be used: {wrong.strerror or wrong}.",
            mend="Let the user that runs Rejoinder read and write the data folder, "
            "or set REJOINDER_SECRET_KEY.",
            code="secret_key_unusable",
        ) from wrong


def add_key(data: Path) -> Keys:
    """Put a new key before those of the file; all of them, newest first. Raises Setup."""
    keys = load_keys(None, data)
    return write_keys(data, (secrets.token_urlsafe(32).encode(), *keys))


def write_keys(data: Path, keys: Keys) -> Keys:
    """Let the file hold these keys, newest first. Raises Setup."""
    path = data / FILE
    try:
        replace_private(path, "".join(key.decode() + "\n" for key in keys))
    except OSError as wrong:
        raise Setup(
            f"The key file {path} can't be written: {wrong.strerror or wrong}.",
            mend="Let the user that runs Rejoinder write the data folder. Nothing was changed.",
            code="secret_key_unusable",
        ) from wrong
    return keys


def derive(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose: what is signed for one proves nothing for another.

    HKDF with SHA-256 (RFC 5869).
    """
    extracted = hmac.digest(b"rejoinder", key, hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)


def derive_each(keys: Keys, purpose: str) -> Keys:
    """`derive` for each key."""
    return tuple(derive(key, purpose) for key in keys)


def _read(path: Path) -> Keys | None:
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(file, "rb") as opened:
        mode = os.fstat(file).st_mode & 0o777
        if os.name == "posix" and mode & 0o077:
            raise Setup(
                f"The key file {path} is open to other users (mode {mode:04o}).",
                mend=f"Run: chmod 600 {path}. If others may have read it, run "
                "`rejoinder secrets rotate --forget` next: open chat pages begin anew.",
                code="secret_key_exposed",
            )
        keys = tuple(opened.read(65536).split()) or (b"",)
    for key in keys:
        if len(key) < _SHORTEST:
            raise Setup(
                f"The key file {path} holds a key of {len(key)} characters; at least {_SHORTEST} are needed.",
                mend="Restore it, or delete it: a new one is made, and what was sealed with the old one is lost.",
                code="secret_key_too_short",
            )
    return keys


def _make(path: Path) -> Keys:
    """Of several processes one wins, and its key is everyone's."""
    create_private(path, secrets.token_urlsafe(32) + "\n")
    keys = _read(path)
    if keys is None:
        raise Setup(f"The key file {path} vanished as it was made.", mend="Start again.")
    return keys
