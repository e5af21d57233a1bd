"""The tables of the store: facts as append-only revisions with two times, the people they belong to, and
what is kept."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
)

SCHEMA_VERSION = "0003"
"""The Alembic revision a new store is stamped with; a test holds it equal to the newest one in
migrations/versions."""

FOREVER = 2**63 - 1
"""``superseded_at`` of a revision that nothing has superseded yet."""

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER keys by itself

metadata = MetaData()

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

source = Table(
    "source",
    metadata,
    Column("source_id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("cursor", Text, nullable=False),
    Column("complete_at", BigInteger),
    Column("error", Text, nullable=False),
    Column("error_at", BigInteger),
    Column("synced_at", BigInteger),
    Column("rejected", BigInteger, nullable=False),
    Column("unknown_people", Text, nullable=False),
    Column(
        "applying_at", BigInteger
    ),  # recorded_at of a sync that is applied in part: hidden until it is whole
    Column(
        "shared_ids", SmallInteger, nullable=False, server_default="0"
    ),  # 1: it calls people by a number that other sources state as their shared id
)

kind = Table(
    "kind",
    metadata,
    Column("kind_id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

currency = Table(
    "currency",
    metadata,
    Column("currency_id", Id, primary_key=True),
    Column("code", Text, nullable=False, unique=True),  # "" for facts without money
)

person = Table(
    "person",
    metadata,
    Column("person_id", Id, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("picture", Text, nullable=False),
    Column(
        "origin", Text, nullable=False
    ),  # "roster": a source stated the person; "fact": only a fact named it
)

team = Table(
    "team",
    metadata,
    Column("team_id", Id, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("region", Text, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("identity_id", Id, primary_key=True),
    Column("source_id", ForeignKey("source.source_id"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("person_id", ForeignKey("person.person_id")),
    Column("roster", SmallInteger, nullable=False),  # 1: a roster of this source states it
    Column("left_at", BigInteger),  # when they left the company, as the roster says
    Column("gone_at", BigInteger),  # when the roster no longer listed it
    Column("shared_id", Text, nullable=False, server_default=""),  # a number other sources have too
    UniqueConstraint("source_id", "external_id", name="uq_identity"),
)

membership = Table(
    "membership",
    metadata,
    Column("membership_id", Id, primary_key=True),
    Column("person_id", ForeignKey("person.person_id"), nullable=False),
    Column("team_id", ForeignKey("team.team_id"), nullable=False),
    Column("source_id", ForeignKey("source.source_id"), nullable=False),
    Column("from_at", BigInteger),
    Column("to_at", BigInteger),
)

attr_set = Table(
    "attr_set",
    metadata,
    Column("attr_set_id", Id, primary_key=True),
    Column("source_id", ForeignKey("source.source_id"), nullable=False),
    Column("attrs", Text, nullable=False),  # JSON object, keys sorted
    UniqueConstraint("source_id", "attrs", name="uq_attr_set"),
)

fact_revision = Table(
    "fact_revision",
    metadata,
    Column("rev", Id, primary_key=True),
    Column("source_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("kind_id", BigInteger, nullable=False),
    Column("identity_id", BigInteger, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("day_only", SmallInteger, nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency_id", BigInteger, nullable=False),
    Column("quantity_milli", BigInteger, nullable=False),
    Column("attr_set_id", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("superseded_at", BigInteger, nullable=False),
    Column("withdrawn", SmallInteger, nullable=False),
    CheckConstraint("superseded_at > recorded_at", name="ck_superseded_later"),
)


# The partial indexes and the queries must say the very same words, or SQLite does not use the index.
def is_current(facts: FromClause) -> ColumnElement[bool]:
    """Nothing has superseded it."""
    return facts.c.superseded_at == literal_column(str(FOREVER))


def is_past(facts: FromClause) -> ColumnElement[bool]:
    """Something has superseded it."""
    return facts.c.superseded_at < literal_column(str(FOREVER))


def counts(facts: FromClause) -> ColumnElement[bool]:
    """It is no withdrawal."""
    return facts.c.withdrawn == literal_column("0")


_f = fact_revision.c
IS_CURRENT, IS_PAST, COUNTS = is_current(fact_revision), is_past(fact_revision), counts(fact_revision)

uq_current = Index(
    "uq_current",
    _f.source_id,
    _f.key,
    _f.line,
    unique=True,
    sqlite_where=IS_CURRENT,
    postgresql_where=IS_CURRENT,
)
_covered = (
    _f.kind_id,
    _f.identity_id,
    _f.currency_id,
    _f.occurred_at,
    _f.attr_set_id,
    _f.amount_minor,
    _f.quantity_milli,
    _f.recorded_at,
    _f.superseded_at,
    _f.withdrawn,
)
# The last two are constants within ix_current; without them SQLite prepares to read the table at every row:
# a fifth of a year's time.
ix_current = Index(
    "ix_current", *_covered, sqlite_where=and_(IS_CURRENT, COUNTS), postgresql_where=and_(IS_CURRENT, COUNTS)
)
ix_past = Index(
    "ix_past",
    *_covered,
    sqlite_where=and_(IS_PAST, COUNTS),
    postgresql_where=and_(IS_PAST, COUNTS),
)

rejection = Table(
    "rejection",
    metadata,
    Column("rejection_id", Id, primary_key=True),
    Column("source_id", ForeignKey("source.source_id"), nullable=False),
    Column("record", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("snapshot_id", Integer, primary_key=True),
    Column("saved_at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

frozen_rule = Table(
    "frozen_rule",
    metadata,
    Column("challenge_id", Text, primary_key=True),
    Column("frozen_at", BigInteger, nullable=False),
    Column("rule", Text, nullable=False),
)

alembic_version = Table("alembic_version", metadata, Column("version_num", Text, primary_key=True))
