"""Identifiers: UUIDv7, made here, so a row has its id before it is stored. They order nothing; `seq` does."""

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7 as a plain `uuid.UUID`."""
    return UUID(int=uuid7().int)
