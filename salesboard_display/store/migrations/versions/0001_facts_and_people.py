"""Facts as revisions, the people they belong to, and how each source stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
CURRENT = "superseded_at = 9223372036854775807"
PAST = "superseded_at < 9223372036854775807"


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "meta", sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    op.create_table(
        "source",
        sa.Column("source_id", Id, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("complete_at", sa.BigInteger),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("error_at", sa.BigInteger),
        sa.Column("synced_at", sa.BigInteger),
        sa.Column("rejected", sa.BigInteger, nullable=False),
        sa.Column("unknown_people", sa.Text, nullable=False),
        sa.Column("applying_at", sa.BigInteger),
    )
    for name, column in (("kind", "name"), ("currency", "code")):
        op.create_table(
            name,
            sa.Column(f"{name}_id", Id, primary_key=True),
            sa.Column(column, sa.Text, nullable=False, unique=True),
        )
    _make_people()
    op.create_table(
        "attr_set",
        sa.Column("attr_set_id", Id, primary_key=True),
        sa.Column("source_id", Id, sa.ForeignKey("source.source_id"), nullable=False),
        sa.Column("attrs", sa.Text, nullable=False),
        sa.UniqueConstraint("source_id", "attrs", name="uq_attr_set"),
    )
    _make_facts()
    op.create_table(
        "rejection",
        sa.Column("rejection_id", Id, primary_key=True),
        sa.Column("source_id", Id, sa.ForeignKey("source.source_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("record", "field", "reason", "excerpt")),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
    )


def _make_people() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", Id, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "email", "picture")),
        sa.Column("origin", sa.Text, nullable=False),
    )
    op.create_table(
        "team",
        sa.Column("team_id", Id, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "region")),
    )
    op.create_table(
        "identity",
        sa.Column("identity_id", Id, primary_key=True),
        sa.Column("source_id", Id, sa.ForeignKey("source.source_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("external_id", "label")),
        sa.Column("person_id", Id, sa.ForeignKey("person.person_id")),
        sa.Column("roster", sa.SmallInteger, nullable=False),
        sa.Column("left_at", sa.BigInteger),
        sa.UniqueConstraint("source_id", "external_id", name="uq_identity"),
    )
    op.create_table(
        "membership",
        sa.Column("membership_id", Id, primary_key=True),
        sa.Column("person_id", Id, sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("team_id", Id, sa.ForeignKey("team.team_id"), nullable=False),
        sa.Column("source_id", Id, sa.ForeignKey("source.source_id"), nullable=False),
        sa.Column("from_at", sa.BigInteger),
        sa.Column("to_at", sa.BigInteger),
    )


def _make_facts() -> None:
    op.create_table(
        "fact_revision",
        sa.Column("rev", Id, primary_key=True),
        sa.Column("source_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("kind_id", sa.BigInteger, nullable=False),
        sa.Column("identity_id", sa.BigInteger, nullable=False),
        sa.Column("occurred_at", sa.BigInteger, nullable=False),
        sa.Column("day_only", sa.SmallInteger, nullable=False),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency_id", sa.BigInteger, nullable=False),
        sa.Column("quantity_milli", sa.BigInteger, nullable=False),
        sa.Column("attr_set_id", sa.BigInteger, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("superseded_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn", sa.SmallInteger, nullable=False),
        sa.CheckConstraint("superseded_at > recorded_at", name="ck_superseded_later"),
    )
    covered = ["kind_id", "identity_id", "currency_id", "occurred_at", "attr_set_id", "amount_minor"]
    covered += ["quantity_milli", "recorded_at", "superseded_at", "withdrawn"]
    for name, columns, unique, where in (
        ("uq_current", ["source_id", "key", "line"], True, CURRENT),
        ("ix_current", covered, False, f"{CURRENT} AND withdrawn = 0"),
        ("ix_past", covered, False, f"{PAST} AND withdrawn = 0"),
    ):
        only = sa.text(where)
        op.create_index(
            name, "fact_revision", columns, unique=unique, sqlite_where=only, postgresql_where=only
        )
