"""The one store: PostgreSQL, the operator's or our own private one."""

from rejoinder.db.batch import Batch
from rejoinder.db.ids import new_id
from rejoinder.db.pool import (
    AWAY,
    BUSY,
    Connection,
    Database,
    Maintenance,
    Read,
    Tx,
    connect,
    hang_up,
)
from rejoinder.db.retry import retry_away, retry_busy

__all__ = [
    "AWAY",
    "BUSY",
    "Batch",
    "Connection",
    "Database",
    "Maintenance",
    "Read",
    "Tx",
    "connect",
    "hang_up",
    "new_id",
    "retry_away",
    "retry_busy",
]
