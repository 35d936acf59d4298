"""A workspace, and who may act in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from rejoinder.queue.priority import Plan

Scope: TypeAlias = Literal["ingest", "operate", "admin"]
"""`ingest` hands messages in and reads their answers; `operate` also acts as an agent; `admin` does all."""

_RANK: dict[Scope, int] = {"ingest": 1, "operate": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Workspace:
    """One tenant."""

    workspace_id: UUID
    slug: str
    name: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a valid token speaks for."""

    workspace_id: UUID
    token_id: UUID
    scope: Scope

    def may(self, scope: Scope) -> bool:
        """Whether the token's scope reaches `scope`; the wider ones contain the narrower."""
        return _RANK[self.scope] >= _RANK[scope]
