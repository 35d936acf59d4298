"""The worker's side of the lane: documents one by one, messages gathered into requests.

A job ends when its work is taken over. What a crash loses is found by the sweep.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from uuid import UUID

from rejoinder.db import AWAY, BUSY
from rejoinder.errors import ModelError, Unavailable
from rejoinder.knowledge.embedding.embed import BATCH, Means, embed_document, embed_messages
from rejoinder.knowledge.embedding.jobs import read
from rejoinder.knowledge.embedding.upkeep import keep
from rejoinder.knowledge.searching.installed import Installed
from rejoinder.queue.jobs import Taken
from rejoinder.queue.taking.slots import Slots
from rejoinder.telemetry.logs import log

_GATHER_S = 0.5
"""Messages wait so long for others: a request for a hundred costs what one for one does."""


class Embeddings(Slots):
    """Makes vectors, at most `slots` requests at once. `wake` is the queue's handler.

    Without `means`, where no embedder is set, jobs end at once; so they do without pgvector: nobody could search then.
    """

    def __init__(self, means: Means | None, *, slots: int, gather: float = _GATHER_S) -> None:
        super().__init__(slots)
        self._means = means
        self._gather = gather
        self._installed = Installed(means.db) if means else None
        self._messages: dict[UUID, dict[UUID, None]] = defaultdict(dict)
        self._gathering = False

    async def wake(self, taken: Taken) -> None:
        """Take one job over. Raises Invalid for a job that is none, Unavailable."""
        kind, workspace_id, subject_id = read(taken)
        means = self._means
        if means is None or self._closing:
            return
        if kind == "document":
            self.start(self._document(means, workspace_id, subject_id), f"embed-{subject_id}")
            return
        self._messages[workspace_id][subject_id] = None
        if len(self._messages[workspace_id]) >= BATCH:
            self.start(self._some(means, workspace_id), f"embed-{workspace_id}")
        elif not self._gathering:
            self._gathering = True
            self.start(self._all(means), "embed-messages")

    async def keep(self) -> None:
        """Look for what lacks vectors, for as long as the worker lives; nothing to do without an embedder."""
        if self._means is not None and self._installed is not None:
            await keep(self._means.db, self._means.embedder.identity, self._installed)

    async def _document(self, means: Means, workspace_id: UUID, document_id: UUID) -> None:
        try:
            if await self._can():
                await embed_document(means, workspace_id, document_id)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning(
                "embedding_left_to_the_sweep", document_id=str(document_id), error=str(away)
            )
        except Exception:  # noqa: BLE001 - logged; the sweep finds it when its lease has run out
            log.exception("embedding_raised", document_id=str(document_id))

    async def _all(self, means: Means) -> None:
        await asyncio.sleep(self._gather)
        self._gathering = False
        for workspace_id in list(self._messages):
            await self._some(means, workspace_id)

    async def _some(self, means: Means, workspace_id: UUID) -> None:
        gathered = list(self._messages.pop(workspace_id, ()))
        try:
            for at in range(0, len(gathered), BATCH):
                if await self._can():
                    await embed_messages(means, workspace_id, gathered[at : at + BATCH])
        except (ModelError, *AWAY, *BUSY, Unavailable) as failed:
            log.warning("messages_left_to_the_sweep", messages=len(gathered), error=str(failed))
        except Exception:  # noqa: BLE001 - logged; the sweep finds them
            log.exception("embedding_raised", messages=len(gathered))

    async def _can(self) -> bool:
        return self._installed is not None and await self._installed.yes()
