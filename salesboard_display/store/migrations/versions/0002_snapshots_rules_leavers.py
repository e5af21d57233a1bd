"""The last published snapshot, frozen challenge rules, and when a roster stopped listing somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two tables and a column."""
    op.add_column("identity", sa.Column("gone_at", sa.BigInteger))
    op.create_table(
        "snapshot",
        sa.Column("snapshot_id", sa.Integer, primary_key=True),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "frozen_rule",
        sa.Column("challenge_id", sa.Text, primary_key=True),
        sa.Column("frozen_at", sa.BigInteger, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
    )
