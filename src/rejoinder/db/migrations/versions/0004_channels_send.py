"""Channels have settings and credentials; deliveries are sent in order."""

from rejoinder.db.migrations.sql import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0004_channels_send.sql."""
    run(__file__)
