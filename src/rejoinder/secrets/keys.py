"""The secret key: the operator's, or one made once and kept in the data folder."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from rejoinder.errors import Setup
from rejoinder.secrets.file import create_private

FILE = "secret.key"
_SHORTEST = 16  # characters; a made key has 43
_MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def load_key(configured: str | None, data: Path | None) -> bytes:
    """The installation's secret key, as bytes to give to `derive`.

    `configured` is REJOINDER_SECRET_KEY. Without it the key lies in `data`/secret.key, made on
    first use: every process on that folder gets the same one. Raises Setup when the key is too
    short, there is neither key nor folder, or the file can't be used or is open to other users.
    """
    if configured is not None:
        if len(configured) < _SHORTEST:
            raise Setup(
                f"REJOINDER_SECRET_KEY has {len(configured)} characters; it needs {_SHORTEST}.",
                mend=f"Make one with: {_MAKE_ONE}",
                code="secret_key_too_short",
            )
        return configured.encode()
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


def derive(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose: what is signed for one proves nothing for another.

    HKDF with SHA-256 (RFC 5869).
    """
    extracted = hmac.digest(b"rejoinder", key, hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)


def _read(path: Path) -> bytes | None:
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(file, "rb") as opened:
        mode = os.fstat(file).st_mode & 0o777
        if os.name == "posix" and mode & 0o077:
            raise Setup(
                f"The key file {path} is open to other users (mode {mode:04o}).",
                mend=f"Run: chmod 600 {path}. If others may have read it, delete it: a new one is "
                "made, and open chat pages begin anew.",
                code="secret_key_exposed",
            )
        key = opened.read(4096).strip()
    if len(key) < _SHORTEST:
        raise Setup(
            f"The key file {path} holds {len(key)} characters; at least {_SHORTEST} are needed.",
            mend="Restore it, or delete it: a new one is made.",
            code="secret_key_too_short",
        )
    return key


def _make(path: Path) -> bytes:
    """Of several processes one wins, and its key is everyone's."""
    create_private(path, secrets.token_urlsafe(32) + "\n")
    key = _read(path)
    if key is None:
        raise Setup(f"The key file {path} vanished as it was made.", mend="Start again.")
    return key
