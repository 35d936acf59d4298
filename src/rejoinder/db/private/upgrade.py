"""A cluster of an older major version becomes one of ours: its data is copied, it itself is kept.

A dump and not pg_upgrade: the new cluster gets our locale (the older ones can't have it), every row is counted and
checked on both sides, and the old folder is only read.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rejoinder.db.backup.restore import restore
from rejoinder.db.backup.write import backup
from rejoinder.db.private.cluster import UPGRADES, clusters
from rejoinder.db.private.folder import MAJOR, Folder, sync_folder
from rejoinder.db.private.owner import hold
from rejoinder.db.private.server import running
from rejoinder.db.private.start import end_orphan, prepare
from rejoinder.errors import Setup


async def upgrade(data: Path, say: Callable[[str], None]) -> str | None:
    """Make a cluster of our major version from the older one in `data`; the old one's folder, None if there was none.

    The new one takes its place only when all is in it: killed before, the next run begins anew. Raises Setup when
    another program owns the folder, when no cluster is there, or when its version's programs are not at hand.
    """
    folder = Folder.at(data)
    with hold(folder):
        old = _old(folder)
        if old is None:
            return None
        new = replace(folder, place=f".{MAJOR}.upgrade")
        file = folder.postgres / "upgrade.backup"
        await end_orphan(new.cluster)
        try:
            if new.cluster.exists():  # of an upgrade that was killed
                shutil.rmtree(new.cluster)
            file.unlink(missing_ok=True)
        except OSError as wrong:
            raise Setup(
                f"What an earlier upgrade left in {folder.postgres} can't be removed: {wrong}.",
                mend="Remove .18.upgrade and upgrade.backup there, and try again.",
            ) from wrong
        try:
            async with running(prepare(old, say), say) as dsn:
                written = await backup(dsn, file, say)
            async with running(prepare(new, say), say) as dsn:
                await restore(dsn, file, say)
            new.cluster.rename(folder.cluster)
        finally:
            file.unlink(missing_ok=True)
            shutil.rmtree(new.cluster, ignore_errors=True)
        sync_folder(folder.postgres)
    say(f"{len(written.manifest.tables)} tables, {written.manifest.rows:,} rows: all there.")
    return str(old.cluster)


def _old(folder: Folder) -> Folder | None:
    found = clusters(folder)
    if MAJOR in found.values():
        return None
    for major in UPGRADES:
        if found.get(major) == major:
            return replace(folder, place=major, major=major)
    if found:
        raise Setup(
            f"{folder.postgres} was made by PostgreSQL {', '.join(found.values())}; this can't be upgraded here.",
            mend=f"From {', '.join(UPGRADES)} it can. Else use the Rejoinder that made it, and `rejoinder backup`.",
        )
    raise Setup(
        f"There is no PostgreSQL in {folder.data}.",
        mend="Name the data folder with REJOINDER_DATA; with your own PostgreSQL its own tools upgrade it.",
    )
