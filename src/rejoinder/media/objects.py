"""Where the bytes are: a folder, or a bucket of anything that speaks S3. An object is there whole or not at all."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from rejoinder.errors import Setup, Unavailable
from rejoinder.media.model import ids_in
from rejoinder.settings import Settings

if TYPE_CHECKING:
    from obstore.store import LocalStore, S3Config, S3Store

    _Store: TypeAlias = LocalStore | S3Store

Result = TypeVar("Result")

_PIECE = 256 * 1024
_THREADS = 16
"""Of its own: a store that hangs must not hold up the loop's few threads, which look names up."""

_LARGE = 16 * 1024 * 1024
_LARGE_AT_ONCE = 2
"""The library holds what it stores in memory: 100 MiB take 165. So many large files go at once in a process."""

_HALF = re.compile(r".+#[0-9]+")
"""What the library calls a file of a folder that it has not written whole."""

_TRIES_S = timedelta(seconds=20)


class Away(Unavailable):
    """The store of media can't be reached or refuses; what is asked for may be there all the same."""

    code = "media_store_away"


@dataclass(frozen=True, slots=True)
class Place:
    """Where objects are kept: `file:///FOLDER` or `s3://BUCKET/PREFIX`; the rest is for S3 alone."""

    url: str
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Where the settings say."""
        access, secret = settings.media_access_key, settings.media_secret_key
        return cls(
            settings.media_url or (settings.data / "media").as_uri(),
            settings.media_endpoint,
            settings.media_region,
            access.get_secret_value() if access else None,
            secret.get_secret_value() if secret else None,
        )

    def __repr__(self) -> str:
        return f"Place({self.url!r}, endpoint={self.endpoint!r})"


class Objects:
    """The store at a place, opened when it is first used: who has no media needs no folder and no bucket."""

    def __init__(self, place: Place) -> None:
        self._place = checked(place)

    @cached_property
    def _store(self) -> _Store:
        return _open(self._place)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="media-store")

    @cached_property
    def _turns(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(_LARGE_AT_ONCE)

    async def _run(self, work: Callable[[], Result]) -> Result:
        """In a thread: a process that ends right after one of the library's own awaitables now and then aborts."""
        with _away():
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def put(self, key: str, file: IO[bytes]) -> None:
        """Keep all of the file's bytes under `key`, in place of what was there. Raises Away."""
        large = file.seek(0, os.SEEK_END) > _LARGE
        file.seek(0)
        async with self._turns if large else nullcontext():
            await self._run(lambda: self._store.put(key, file, use_multipart=False))

    async def read(self, key: str) -> bytes | None:
        """All bytes; None when there is no such object. Raises Away."""
        with suppress(FileNotFoundError):
            return await self._run(lambda: bytes(self._store.get(key).bytes()))
        return None

    async def stream(self, key: str, first: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `first`, before `end`, in pieces; nothing for no object. Raises Away."""
        if first >= end:
            return
        with suppress(FileNotFoundError):
            found = await self._run(lambda: self._store.get(key, options={"range": (first, end)}))
            pieces = iter(found.stream(min_chunk_size=_PIECE))
            while (piece := await self._run(lambda: next(pieces, None))) is not None:
                yield bytes(piece)

    async def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that are not there are none. Raises Away."""
        for key in keys:
            with suppress(FileNotFoundError):
                await self._run(partial(self._store.delete, key))

    async def pages(self) -> AsyncIterator[list[tuple[str, datetime]]]:
        """(key, when it was stored) of all objects, some thousand at a time. Raises Away."""
        with suppress(FileNotFoundError):
            listed = await self._run(lambda: self._store.list(chunk_size=1000))
            while (page := await self._run(lambda: next(listed, None))) is not None:
                yield [(found["path"], found["last_modified"]) for found in page]

    async def delete_halves(self, before: datetime) -> int:
        """Delete what processes that were killed had half written into a folder; how many. Raises Away.

        Nothing lists them, and a bucket has none: there an object comes into being when its last byte has come.
        """
        folder = _folder(self._place)
        return await self._run(partial(_delete_halves, folder, before)) if folder else 0


def _delete_halves(folder: Path, before: datetime) -> int:
    gone = 0
    for each in folder.rglob("*#*"):
        with suppress(FileNotFoundError):  # it was written whole meanwhile
            old = each.stat().st_mtime < before.timestamp()
            if old and _HALF.fullmatch(each.name) and ids_in(_key(folder, each)) is not None:
                each.unlink()
                gone += 1
    return gone


def _key(folder: Path, half: Path) -> str:
    return half.relative_to(folder).as_posix().rpartition("#")[0]


def _folder(place: Place) -> Path | None:
    at = urlsplit(place.url)
    return Path(url2pathname(at.path)) if at.scheme == "file" else None


def checked(place: Place) -> Place:
    """The place. Raises Setup for an address that is none."""
    at = urlsplit(place.url)
    if at.scheme == "file" and at.path.startswith("/") and not at.netloc:
        return place
    if at.scheme == "s3" and at.netloc:
        return place
    raise Setup(
        f"REJOINDER_MEDIA_URL is {place.url!r}.",
        mend="Write s3://BUCKET or s3://BUCKET/PREFIX or file:///FOLDER, or leave it unset for a folder in the data "
        "folder.",
        code="bad_media_url",
    )


def _open(place: Place) -> _Store:
    from obstore.store import (
        LocalStore,
        S3Store,
    )  # 20 ms, which a command without media need not wait for

    at = urlsplit(place.url)
    if folder := _folder(place):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder)
    given: S3Config = {"virtual_hosted_style_request": False}
    if place.endpoint:
        given |= {"endpoint": place.endpoint}
    if region := place.region or ("us-east-1" if place.endpoint else None):
        given |= {"region": region}
    if place.access_key and place.secret_key:
        given |= {"access_key_id": place.access_key, "secret_access_key": place.secret_key}
    return S3Store(
        at.netloc,
        prefix=at.path.strip("/") or None,
        config=given,
        client_options={"allow_http": True, "connect_timeout": "5s", "timeout": "60s"},
        retry_config={"max_retries": 3, "retry_timeout": _TRIES_S},
    )


class _away:  # noqa: N801 - reads as a statement
    """What the library raises, as our own error; its words may hold addresses and keys, so they stay out."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from obstore.exceptions import BaseError

        if isinstance(error, FileNotFoundError) or error is None:
            return
        if isinstance(error, (BaseError, OSError)):
            raise Away(
                f"The store of media does not answer ({type(error).__name__}).",
                mend="Check REJOINDER_MEDIA_URL, its endpoint and its keys.",
                retry_after=5,
            ) from None
