"""The worker's side of an import's job: the job ends when the source is taken over, and a sweep finds what was lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.knowledge.importing.websites import store
from rejoinder.knowledge.importing.websites.jobs import job
from rejoinder.knowledge.importing.websites.run import Means, import_source
from rejoinder.queue import store as queue
from rejoinder.queue.jobs import Taken, enqueue_on
from rejoinder.queue.lanes import IMPORTS
from rejoinder.queue.taking.rounds import rounds
from rejoinder.queue.taking.slots import Slots, put_back
from rejoinder.telemetry.logs import log

LATE = timedelta(seconds=5)
"""A source is given this long after it was due, or after its claim ran out, to be taken by its job."""

BUSY_LATE = timedelta(minutes=30)
"""Where jobs wait for their turn, so may this one's."""

_ROUND_S = 15.0
_LATER = timedelta(seconds=5)


class Imports(Slots):
    """Reads websites, at most `slots` at once. `wake` is the queue's handler."""

    def __init__(self, means: Means, *, slots: int) -> None:
        super().__init__(slots)
        self._means = means

    async def wake(self, taken: Taken) -> None:
        """Take one job over, or leave it for later where there is no place. Raises Invalid for a job that is none."""
        workspace_id, source_id = taken.conversation()
        if self.room() > 0:
            self.start(self._run(workspace_id, source_id), f"import-{source_id}")
        else:
            await put_back(self._means.db, taken, job(workspace_id, source_id, _LATER))

    async def _run(self, workspace_id: UUID, source_id: UUID) -> None:
        try:
            await import_source(self._means, workspace_id, source_id)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("import_left_to_the_sweep", source_id=str(source_id), error=str(away))
        except Exception:  # noqa: BLE001 - logged, and written into its row; the next import is not held up
            log.exception("import_raised", source_id=str(source_id))


async def keep(db: Database) -> None:
    """Have sources read when they are due, for as long as the worker lives. Any number of workers may do so at once."""
    await rounds("imports_sweep", _ROUND_S, lambda _: sweep(db))


async def sweep(db: Database, late: timedelta = LATE) -> int:
    """Enqueue a job for each source that is due and that nobody reads; returns how many."""
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        behind = IMPORTS in await queue.waiting_lanes(maintenance)
        found = await store.overdue(maintenance, max(late, BUSY_LATE) if behind else late)
        await enqueue_on(maintenance.connection, [job(*each) for each in found])
    return len(found)
