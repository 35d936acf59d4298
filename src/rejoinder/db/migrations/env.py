"""Alembic's entry: it uses the connection that `rejoinder.db.migrate` hands it."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
