"""Purchase orders, supply and receipts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from fulfillment.domain.statuses import PurchaseOrderStatus
from fulfillment.store.schema.columns import (
    identity,
    merchant_column,
    metadata,
    moment,
    one_of,
    product_key,
)

purchase_order = Table(
    "purchase_order",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("supplier", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("expected_on", Date),
    Column("wake_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint(one_of("status", PurchaseOrderStatus), name="status"),
)


supply = Table(
    "supply",
    metadata,
    identity(),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("received", Integer, nullable=False, server_default=text("0")),
    Column("closed", Integer, nullable=False, server_default=text("0")),
    Column("expected_on", Date),
    Column("inbound", Boolean, nullable=False, comment="approved or later, and not ended"),
    product_key(),
    CheckConstraint("kind IN ('purchase_order', 'transfer', 'return', 'restock')", name="kind"),
    CheckConstraint("ordered > 0", name="ordered_is_positive"),
    CheckConstraint("received >= 0 AND closed >= 0", name="nothing_is_negative"),
    CheckConstraint("received + closed <= ordered", name="no_more_than_ordered"),
    Index(None, "merchant", "sku", postgresql_where=text("inbound")),
)


purchase_order_line = Table(
    "purchase_order_line",
    metadata,
    Column("purchase_order", BigInteger, ForeignKey("purchase_order.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False, unique=True),
    PrimaryKeyConstraint("purchase_order", "line"),
)


receipt = Table(
    "receipt",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("purchase_order", BigInteger, ForeignKey("purchase_order.id"), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("actor", Text, nullable=False),
    moment("at"),
    UniqueConstraint("merchant", "number"),
    Index(None, "purchase_order"),
)


receipt_line = Table(
    "receipt_line",
    metadata,
    Column("receipt", BigInteger, ForeignKey("receipt.id"), nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False),
    Column("units", Integer, nullable=False),
    PrimaryKeyConstraint("receipt", "supply"),
    CheckConstraint("units > 0", name="units_is_positive"),
)


restock = Table(
    "restock",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False, unique=True),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("merchant", "number"),
    comment="Stock that is announced with a date and a quantity, without a purchase order.",
)
