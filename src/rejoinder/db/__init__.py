"""The one store: PostgreSQL, the operator's or our own private one."""

from rejoinder.db.ids import new_id
from rejoinder.db.pool import AWAY, BUSY, Connection, Database, Maintenance, Read, Tx, connect

__all__ = [
    "AWAY",
    "BUSY",
    "Connection",
    "Database",
    "Maintenance",
    "Read",
    "Tx",
    "connect",
    "new_id",
]
