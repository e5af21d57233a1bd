"""Numbers of people that several sources carry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add two columns."""
    op.add_column("source", sa.Column("shared_ids", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("identity", sa.Column("shared_id", sa.Text, nullable=False, server_default=""))
