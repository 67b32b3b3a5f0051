"""The operational database: what changes between editions, in SQLite through SQLAlchemy, migrated by Alembic."""
