"""What makes an answer worth sending: bots' settings, personas, templates, bases, actions, drafts, explanations."""

from rejoinder.db.migrations.sql import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs 0007_answers.sql."""
    run(__file__)
