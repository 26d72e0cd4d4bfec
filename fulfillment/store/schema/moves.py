"""Goods on their way between locations and back from customers, and counts of what is there."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
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
    product_key,
)

transfer = Table(
    "transfer",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("source", String(63), ForeignKey("location.id"), nullable=False),
    Column("destination", String(63), ForeignKey("location.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("expected_on", Date),
    Column("shipped_at", Instant),
    Column("ended_at", Instant, comment="when it was received, closed or cancelled"),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint("source <> destination", name="two_places"),
    CheckConstraint(
        "status IN ('planned', 'in_transit', 'received', 'closed', 'cancelled')", name="status"
    ),
)


transfer_line = Table(
    "transfer_line",
    metadata,
    Column("transfer", BigInteger, ForeignKey("transfer.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False, unique=True),
    PrimaryKeyConstraint("transfer", "line"),
)


customer_return = Table(
    "customer_return",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("order_id", BigInteger, ForeignKey("orders.id"), index=True),
    Column("status", Text, nullable=False),
    Column("expected_on", Date),
    Column("reason", Text),
    Column("ended_at", Instant, comment="when it was received, closed or cancelled"),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint("status IN ('announced', 'received', 'closed')", name="status"),
)


return_line = Table(
    "return_line",
    metadata,
    Column("customer_return", BigInteger, ForeignKey("customer_return.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False, unique=True),
    Column("order_id", BigInteger),
    Column("order_line", Integer),
    PrimaryKeyConstraint("customer_return", "line"),
    ForeignKeyConstraint(["order_id", "order_line"], ["order_line.order_id", "order_line.line"]),
    CheckConstraint("(order_id IS NULL) = (order_line IS NULL)", name="line_of_an_order"),
    Index(
        "ix_return_line_of_order",
        "order_id",
        "order_line",
        postgresql_where=text("order_id IS NOT NULL"),
    ),
)


stock_count = Table(
    "stock_count",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("reason", Text),
    Column("actor", Text, nullable=False),
    Column("covers", Text, nullable=False, server_default="shelf_and_hands"),
    moment("at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint("covers IN ('shelf', 'shelf_and_hands')", name="covers"),
)


stock_count_line = Table(
    "stock_count_line",
    metadata,
    Column("stock_count", BigInteger, ForeignKey("stock_count.id"), nullable=False),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("disposition", Text, nullable=False, server_default="sellable"),
    Column("expected", Integer, nullable=False, comment="by the books, of what the count covers"),
    Column("counted", Integer, nullable=False),
    Column("in_hands", Integer, comment="not on the shelf; null where it was not asked"),
    PrimaryKeyConstraint("stock_count", "sku", "disposition"),
    product_key(),
    CheckConstraint("counted >= 0", name="counted_is_not_negative"),
    CheckConstraint("disposition IN ('sellable', 'damaged', 'quarantine')", name="disposition"),
)
