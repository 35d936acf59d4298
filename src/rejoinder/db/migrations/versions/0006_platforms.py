"""Chat platforms: accounts, identities, windows, intake, platform ids, media, the channel log."""

from rejoinder.db.migrations.sql import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0006_platforms.sql."""
    run(__file__)
