"""The worker's side of a download's job: the job ends when the file is taken over, and a sweep finds what was lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from rejoinder.db import AWAY, BUSY
from rejoinder.errors import Unavailable
from rejoinder.media.jobs import download as job
from rejoinder.media.taking.download import Means, download
from rejoinder.queue.jobs import Taken
from rejoinder.queue.taking.slots import Slots, put_back
from rejoinder.telemetry.logs import log

_LATER = timedelta(seconds=1)


class Downloads(Slots):
    """Fetches files, at most `slots` at once. `wake` is the queue's handler."""

    def __init__(self, means: Means, *, slots: int) -> None:
        super().__init__(slots)
        self._means = means

    async def wake(self, taken: Taken) -> None:
        """Take one job over, or leave it for later where there is no place. Raises Invalid for a job that is none."""
        workspace_id, media_id = taken.conversation()
        if self.room() > 0:
            self.start(self._run(workspace_id, media_id), f"media-{media_id}")
        else:
            await put_back(self._means.db, taken, job(workspace_id, media_id, _LATER))

    async def _run(self, workspace_id: UUID, media_id: UUID) -> None:
        try:
            await download(self._means, workspace_id, media_id)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("media_left_to_the_sweep", media_id=str(media_id), error=str(away))
        except Exception:  # noqa: BLE001 - logged; the sweep finds it, and its tries are counted
            log.exception("media_raised", media_id=str(media_id))
