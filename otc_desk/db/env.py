"""What Alembic runs for each migration: the engine comes from `otc_desk.db.migrate`, never from a file."""

from alembic import context

from otc_desk.db.tables import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
