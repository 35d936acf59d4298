"""The worker's side of the lane `summaries`. A job that is lost is made up for by the next answer's."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import AWAY, BUSY
from rejoinder.errors import NotFound, Unavailable
from rejoinder.queue.jobs import Taken
from rejoinder.queue.taking.slots import Slots
from rejoinder.telemetry.logs import log
from rejoinder.turns.summary.summarise import Means, summarise


class Summaries(Slots):
    """Summarises conversations, at most `slots` at once, each conversation once. `wake` is the queue's handler."""

    def __init__(self, means: Means, *, slots: int) -> None:
        super().__init__(slots)
        self._means = means
        self._in_hand: set[UUID] = set()

    async def wake(self, taken: Taken) -> None:
        """Take one job over; one that finds no place, or its conversation in hand, is done. Raises Invalid for none."""
        workspace_id, conversation_id = taken.conversation()
        if self.room() <= 0 or conversation_id in self._in_hand:
            return
        self._in_hand.add(conversation_id)
        task = self.start(self._run(workspace_id, conversation_id), f"summary-{conversation_id}")
        task.add_done_callback(lambda _: self._in_hand.discard(conversation_id))

    async def _run(self, workspace_id: UUID, conversation_id: UUID) -> None:
        try:
            while await summarise(self._means, workspace_id, conversation_id):
                pass
        except (*AWAY, *BUSY, Unavailable, NotFound) as away:
            log.warning(
                "summary_left", conversation_id=str(conversation_id), error=type(away).__name__
            )
        except Exception:  # noqa: BLE001 - logged; the next answer's job tries again
            log.exception("summary_raised", conversation_id=str(conversation_id))
