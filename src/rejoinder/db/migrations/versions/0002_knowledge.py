"""The knowledge base."""

from rejoinder.db.migrations.sql import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0002_knowledge.sql."""
    run(__file__)
