"""Orders, their lines, customers and histories."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from fulfillment.domain.statuses import OrderStatus
from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    one_of,
    product_key,
)

orders = Table(
    "orders",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("content_hash", LargeBinary, nullable=False, comment="of the order as first sent"),
    Column("revision_hash", LargeBinary, comment="of the last edit of the sales channel"),
    Column("status", Text, nullable=False, server_default="received"),
    Column("priority", SmallInteger, nullable=False, server_default=text("50")),
    Column("placed_at", Instant, nullable=False),
    Column("intake_seq", BigInteger, Identity(), nullable=False, unique=True),
    Column("ship_by", Date),
    Column("currency", String(3), nullable=False),
    Column("policy", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("lock_location", String(63), ForeignKey("location.id")),
    Column("pickup_location", String(63), ForeignKey("location.id")),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    Column("first_claimed", Boolean, nullable=False, server_default=text("false")),
    Column("rejected", Boolean, nullable=False, server_default=text("false")),
    Column("holds", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("waves_spent", Integer, nullable=False, server_default=text("0")),
    Column("next_shipment_number", Integer, nullable=False, server_default=text("2")),
    Column("wake_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("ready_to_ship_at", Instant, comment="when it last became ready to ship"),
    Column("waiting_units", Integer, nullable=False, server_default=text("0")),
    Column("finished_at", Instant),
    moment("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
    CheckConstraint(one_of("status", OrderStatus), name="status"),
    CheckConstraint("lock_location IS NULL OR pickup_location IS NULL", name="lock_or_pickup"),
    Index("ix_orders_unfinished", "merchant", "id", postgresql_where=text("finished_at IS NULL")),
    Index("ix_orders_rank", "merchant", "priority", "placed_at", "intake_seq"),
    Index("ix_orders_status", "merchant", "status", "id"),
    Index("ix_orders_backordered", "merchant", "id", postgresql_where=text("waiting_units > 0")),
)


order_customer = Table(
    "order_customer",
    metadata,
    Column("order_id", BigInteger, ForeignKey("orders.id"), primary_key=True),
    Column("reference", Text, comment="the customer's own number at the merchant"),
    Column("contact", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("address", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Index(None, "reference"),
    comment="Personal data, apart from all else: erase a row and the order still stands.",
)


order_line = Table(
    "order_line",
    metadata,
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False, server_default=text("0")),
    Column("shipped", Integer, nullable=False, server_default=text("0")),
    Column("pack", Text),
    Column("pack_units", Integer),
    Column("unit_price_minor", BigInteger),
    PrimaryKeyConstraint("order_id", "line"),
    product_key(),
    CheckConstraint("line > 0 AND ordered > 0", name="positive"),
    CheckConstraint("cancelled >= 0 AND shipped >= 0", name="nothing_is_negative"),
    CheckConstraint("cancelled + shipped <= ordered", name="no_more_than_ordered"),
    CheckConstraint("unit_price_minor >= 0", name="price_is_not_negative"),
)


order_event = Table(
    "order_event",
    metadata,
    identity(),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    moment("at"),
    Index(None, "order_id", "id"),
)
