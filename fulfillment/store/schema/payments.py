"""What was asked of the payment provider, and what came of it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
)

payment_entry = Table(
    "payment_entry",
    metadata,
    identity(),
    merchant_column(),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("shipment", BigInteger, ForeignKey("shipment.id")),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reference", Text, comment="the provider's own"),
    Column("cause", Text, nullable=False, comment="what made it, once for an order"),
    Column("reason", Text),
    Column("actor", Text, nullable=False),
    Column("settled_at", Instant),
    moment("at"),
    UniqueConstraint("order_id", "kind", "cause"),
    CheckConstraint("kind IN ('invoice', 'authorise', 'capture', 'void', 'refund')", name="kind"),
    CheckConstraint("status IN ('due', 'done', 'failed')", name="status"),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    Index("ix_payment_entry_due", "merchant", "id", postgresql_where=text("status = 'due'")),
    Index(None, "order_id"),
    comment="The ledger of the payment axis: what is due is asked of the provider by its adapter.",
)
