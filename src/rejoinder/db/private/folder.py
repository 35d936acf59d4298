"""Where things lie in the data folder, and how they are written there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MAJOR = "18"


@dataclass(frozen=True, slots=True)
class Folder:
    """The data folder, absolute and without symbolic links; and which cluster in it is meant."""

    data: Path
    place: str = MAJOR
    major: str = MAJOR

    @classmethod
    def at(cls, data: Path) -> Folder:
        """The folder that a person named by any path."""
        return cls(data.expanduser().resolve())

    @property
    def lock(self) -> Path:
        return self.data / "owner.lock"

    @property
    def attach(self) -> Path:
        return self.data / "attach.json"

    @property
    def copies(self) -> Path:
        return self.data / "bin"

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def cluster(self) -> Path:
        return self.postgres / self.place

    @property
    def keys(self) -> Path:
        return self.postgres / "keys.json"

    @property
    def log(self) -> Path:
        return self.postgres / "server.log"


def make_folder(path: Path) -> None:
    """Make `path` and its missing parents; what exists is left as it is.

    As root they get mode 0755, whatever the umask, so that the server's user can pass; what must be
    secret inside is 0600 or 0700 by itself. A normal user's folders are 0700.
    """
    mode = 0o755 if os.geteuid() == 0 else 0o700
    for part in (*reversed(path.parents), path):
        if not part.is_dir():
            part.mkdir(exist_ok=True)
            part.chmod(mode)


def write_secret(path: Path, text: str) -> None:
    """Put `text` at `path` with mode 0600: all or nothing, and still there after a power cut."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make renames inside `path` last through a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
