"""Conversations that wait for a place to be sent from."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

Key = tuple[UUID, UUID]
"""Workspace and conversation."""


class Backlog:
    """Counts who is being sent for, and keeps who waits: each conversation once, workspaces in turn.

    At most `slots` at once, three quarters of them for one workspace: its receiver may be down, and others wait for
    nothing then. Beyond `most` nobody is kept: the sweeper finds them.
    """

    def __init__(self, slots: int, most: int) -> None:
        self._slots = slots
        self._share = max(1, slots - slots // 4)
        self._most = most
        self._busy: Counter[UUID] = Counter()
        self._waiting: dict[UUID, dict[UUID, None]] = {}
        self._kept = 0

    def enter(self, key: Key) -> bool:
        """Take a place; False when there is none, and the conversation waits."""
        workspace_id, conversation_id = key
        if self._free(workspace_id):
            self._busy[workspace_id] += 1
            return True
        queue = self._waiting.setdefault(workspace_id, {})
        if conversation_id not in queue and self._kept < self._most:
            queue[conversation_id] = None
            self._kept += 1
        return False

    def leave(self, workspace_id: UUID) -> Key | None:
        """Give a place back; who takes it, if anybody waits."""
        self._busy[workspace_id] -= 1
        if not self._busy[workspace_id]:
            del self._busy[workspace_id]
        for waiting in list(self._waiting):
            queue = self._waiting.pop(waiting)
            if not queue:
                continue
            if not self._free(waiting):
                self._waiting[waiting] = queue
                continue
            conversation_id = next(iter(queue))
            del queue[conversation_id]
            self._kept -= 1
            self._waiting[waiting] = queue  # behind the others: workspaces take turns
            self._busy[waiting] += 1
            return waiting, conversation_id
        return None

    def clear(self) -> list[Key]:
        """Let nobody wait here any more; who did."""
        found = [
            (workspace_id, each) for workspace_id, queue in self._waiting.items() for each in queue
        ]
        self._waiting.clear()
        self._kept = 0
        return found

    def _free(self, workspace_id: UUID) -> bool:
        return self._busy.total() < self._slots and self._busy[workspace_id] < self._share
