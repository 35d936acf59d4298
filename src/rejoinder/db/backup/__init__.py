"""A whole database in one file, and back: written by PostgreSQL's own pg_dump, counted and checked by us.

A backup is a ZIP of two members: `database.dump` (pg_dump's custom format, which pg_restore reads) and `manifest.json`
(what made it, the dump's SHA-256, and of every table the number of its rows and a checksum over them). All of it is one
snapshot. The installation's secret key is not in it: credentials in it stay sealed.
"""

from rejoinder.db.backup.restore import restore
from rejoinder.db.backup.write import Written, backup

__all__ = ["Written", "backup", "restore"]
