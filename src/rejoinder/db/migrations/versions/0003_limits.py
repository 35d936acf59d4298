"""Rate limits."""

from rejoinder.db.migrations.sql import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0003_limits.sql."""
    run(__file__)
