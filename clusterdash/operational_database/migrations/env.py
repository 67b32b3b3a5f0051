"""Alembic's entry: runs the migrations on the connection that `engine.migrate` has opened."""

from alembic import context

from clusterdash.operational_database.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
