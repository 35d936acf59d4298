"""Migrations on the real store."""

from rejoinder.db.migrate import migrate, version
from rejoinder.queue import schema


async def test_a_migrated_database_is_current(dsn: str) -> None:
    assert await version(dsn) == "current"
    assert await schema.is_current(dsn)


async def test_migrating_again_changes_nothing(dsn: str) -> None:
    await migrate(dsn)
    await schema.upgrade(dsn)
    assert await version(dsn) == "current"
