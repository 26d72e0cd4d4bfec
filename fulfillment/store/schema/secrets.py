"""Secrets that must be read again. Their keys are never here."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from fulfillment.store.schema.columns import identity, metadata, moment

secret = Table(
    "secret",
    metadata,
    identity(),
    Column(
        "merchant",
        String(63),
        ForeignKey("merchant.id"),
        comment="null: the installation's own",
    ),
    Column("purpose", Text, nullable=False, comment="what it is for, such as webhook"),
    Column("name", Text, nullable=False, comment="among those of its purpose"),
    Column("key", Text, nullable=False, comment="fingerprint of the key that it is sealed under"),
    Column("sealed", LargeBinary, nullable=False, comment="never plain"),
    moment("sealed_at"),
    UniqueConstraint("merchant", "purpose", "name", postgresql_nulls_not_distinct=True),
    Index(None, "key", "id"),
    comment="Secrets that must be read again, sealed.",
)
