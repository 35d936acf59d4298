"""All overlap policies, retries and urgency; who holds a conversation; deliveries of unknown fate; dead letters."""

from rejoinder.db.migrations.sql import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0005_people_and_dead_letters.sql."""
    run(__file__)
