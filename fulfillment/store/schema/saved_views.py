"""Lists of orders that somebody saved under a name."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from fulfillment.store.schema.columns import identity, merchant_column, metadata, moment

saved_view = Table(
    "saved_view",
    metadata,
    identity(),
    merchant_column(),
    Column("owner", String(63), ForeignKey("app_user.name"), nullable=False),
    Column("name", Text, nullable=False),
    Column("asked", JSONB, nullable=False, comment="what its address asks for, by name"),
    Column("shared", Boolean, nullable=False, comment="with all who see the merchant"),
    Column("version", Integer, nullable=False, server_default=text("1")),
    moment("created_at"),
    moment("changed_at"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
    CheckConstraint("jsonb_typeof(asked) = 'object'", name="asked"),
    Index("uq_saved_view_owner", "merchant", "owner", text("lower(name)"), unique=True),
    Index(
        "uq_saved_view_shared",
        "merchant",
        text("lower(name)"),
        unique=True,
        postgresql_where=text("shared"),
    ),
    comment="Views of the lists of orders; it names orders by what they are like, never which.",
)
