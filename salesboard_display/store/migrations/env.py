"""Alembic's entry: connects to the store named by the caller and runs the migrations in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from salesboard_display.store import sqlite
from salesboard_display.store.schema import metadata

engine = sqlite.with_transactions(create_engine(context.config.attributes["url"], poolclass=NullPool))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
