"""The spine."""

from rejoinder.db.migrations.sql import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0001_spine.sql."""
    run(__file__)
