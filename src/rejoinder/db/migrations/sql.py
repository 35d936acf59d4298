"""Migrations are SQL files; Alembic keeps the order and the books."""

from pathlib import Path

from alembic import op


def run(script: str) -> None:
    """Run the .sql file that lies beside the migration `script`, as it stands, in Alembic's transaction."""
    statements = Path(script).with_suffix(".sql").read_text(encoding="utf-8")
    bind = op.get_bind()
    bind.exec_driver_sql(
        "SELECT 1"
    )  # the dialect begins its transaction with the first statement it sees
    # asyncpg's own execute takes a whole script; the dialect's takes one prepared statement.
    driver = bind.connection.dbapi_connection
    assert driver is not None
    driver.run_async(lambda connection: connection.execute(statements))
