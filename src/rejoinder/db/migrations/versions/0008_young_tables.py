"""Indexes that are used well before a table's first ANALYZE, too."""

from rejoinder.db.migrations.sql import run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0008_young_tables.sql."""
    run(__file__)
