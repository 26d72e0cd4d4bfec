"""What people in a warehouse are asked to look at."""

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
    text,
)

from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    product_key,
)

task = Table(
    "task",
    metadata,
    identity(),
    merchant_column(),
    Column("kind", Text, nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("units", Integer, nullable=False),
    Column("order_id", BigInteger, ForeignKey("orders.id")),
    Column("shipment", BigInteger, ForeignKey("shipment.id")),
    Column("reason", Text),
    Column("done_at", Instant),
    moment("created_at"),
    product_key(),
    CheckConstraint("kind IN ('short_pick', 'count', 'put_back')", name="kind"),
    Index("ix_task_open", "merchant", "location", "id", postgresql_where=text("done_at IS NULL")),
    Index("ix_task_order", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    Index("ix_task_shipment", "shipment", postgresql_where=text("shipment IS NOT NULL")),
)
