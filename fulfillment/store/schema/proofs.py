"""What is kept of audits, so that the past is proven once."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from fulfillment.store.schema.columns import Instant, metadata

proven_past = Table(
    "proven_past",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=text("true")),
    Column("event", BigInteger, nullable=False),
    Column("ledger", BigInteger, nullable=False),
    Column("receipt", BigInteger, nullable=False),
    Column("supply", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("one", name="one_row"),
    comment="Up to which ids the past was found right; what came later is audited anew.",
)


ledger_checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("location", String(63), nullable=False),
    Column("disposition", Text, nullable=False),
    Column("units", BigInteger, nullable=False),
    PrimaryKeyConstraint("merchant", "sku", "location", "disposition"),
    comment="Sums of the ledger up to the id in proven_past.",
)
