"""What was asked of the payment provider, and what came of it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
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
    Column(
        "asks",
        Integer,
        nullable=False,
        server_default="0",
        comment="how often the provider was asked for it",
    ),
    Column("ask_after", Instant, comment="not before; null: it was not asked for yet"),
    moment("at"),
    UniqueConstraint("order_id", "kind", "cause"),
    CheckConstraint("kind IN ('invoice', 'authorise', 'capture', 'void', 'refund')", name="kind"),
    CheckConstraint("status IN ('due', 'done', 'failed')", name="status"),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    Index("ix_payment_entry_due", "merchant", "id", postgresql_where=text("status = 'due'")),
    Index(
        "ix_payment_entry_to_ask",
        text("ask_after NULLS FIRST"),
        "id",
        postgresql_where=text("status = 'due'"),
    ),
    Index(None, "order_id"),
    comment="The ledger of the payment axis: what is due is asked of the provider by its adapter.",
)
