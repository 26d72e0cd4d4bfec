"""Purchase orders, supply and receipts.

The view `inbound_supply`, which a migration makes, says what of the supply counts now, from which
purchase order, until which day, and how much of it is pegged. Who asks what is to come reads it.
The view `supply_line` has the number of each supply's line on its document, whatever that is.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    one_of,
    product_key,
)

RETURN_DISPOSITIONS = ("sellable", "damaged", "quarantine", "scrapped")
"""Where received units go; what is scrapped is on nobody's shelf."""


purchase_order = Table(
    "purchase_order",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("supplier", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("expected_on", Date),
    Column(
        "over_receipt_percent",
        SmallInteger,
        nullable=False,
        server_default=text("0"),
        comment="how much more of a line than ordered may come",
    ),
    Column("wake_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("reminded_at", Instant, comment="when it was last told that its timer is late"),
    Column("ended_at", Instant, comment="when it was received, closed or cancelled"),
    Column("ended_from", Text, comment="the status that it had until it ended"),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint(one_of("status", PurchaseOrderStatus), name="status"),
    CheckConstraint("over_receipt_percent BETWEEN 0 AND 100", name="over_receipt_percent"),
    CheckConstraint("(ended_at IS NULL) = (ended_from IS NULL)", name="ended"),
)


supply = Table(
    "supply",
    metadata,
    identity(),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("document", String(64), nullable=False, comment="the number of what announces it"),
    Column("ordered", Integer, nullable=False),
    Column("received", Integer, nullable=False, server_default=text("0")),
    Column(
        "over_received",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="units that came beyond what was ordered; not part of received",
    ),
    Column("closed", Integer, nullable=False, server_default=text("0")),
    Column(
        "outstanding",
        Integer,
        Computed("ordered - received - closed", persisted=True),
        nullable=False,
        comment="units that are still to come",
    ),
    Column("expected_on", Date),
    Column("inbound", Boolean, nullable=False, comment="approved or later, and not ended"),
    Column(
        "overdue",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="its date has passed, and all who waited for it were planned anew",
    ),
    Column(
        "pegged",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="units of all its pegs; it changes only while its queue is locked",
    ),
    Column(
        "in_queue",
        Boolean,
        Computed("inbound OR pegged > 0", persisted=True),
        nullable=False,
        comment="its queue has to look at it",
    ),
    product_key(),
    CheckConstraint("kind IN ('purchase_order', 'transfer', 'return', 'restock')", name="kind"),
    CheckConstraint("ordered > 0", name="ordered_is_positive"),
    CheckConstraint(
        "received >= 0 AND over_received >= 0 AND closed >= 0", name="nothing_is_negative"
    ),
    CheckConstraint("received + closed <= ordered", name="no_more_than_ordered"),
    CheckConstraint("pegged >= 0", name="pegged_is_not_negative"),
    Index(None, "merchant", "sku", postgresql_where=text("inbound")),
    Index("ix_supply_queue", "merchant", "sku", "id"),
    Index("ix_supply_in_queue", "merchant", "sku", postgresql_where=text("in_queue")),
    Index("ix_supply_due", "expected_on", postgresql_where=text("inbound AND NOT overdue")),
)


purchase_order_line = Table(
    "purchase_order_line",
    metadata,
    Column("purchase_order", BigInteger, ForeignKey("purchase_order.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False, unique=True),
    Column("pack", Text, comment="in which it was ordered; null: base units"),
    Column("pack_units", Integer, comment="base units in one of them when it was ordered"),
    PrimaryKeyConstraint("purchase_order", "line"),
    CheckConstraint("(pack IS NULL) = (pack_units IS NULL) AND pack_units > 0", name="pack"),
)


receipt = Table(
    "receipt",
    metadata,
    identity(),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("purchase_order", BigInteger, ForeignKey("purchase_order.id")),
    Column("transfer", BigInteger, ForeignKey("transfer.id")),
    Column("customer_return", BigInteger, ForeignKey("customer_return.id")),
    Column("restock", BigInteger, ForeignKey("restock.id")),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("reason", Text, comment="why what was given up was counted after all"),
    Column("actor", Text, nullable=False),
    moment("at"),
    Column("reversed_at", Instant),
    Column("reversed_by", Text),
    Column("reversal_reason", Text),
    UniqueConstraint("merchant", "number"),
    CheckConstraint(
        "num_nonnulls(purchase_order, transfer, customer_return, restock) = 1",
        name="one_document",
    ),
    Index(None, "purchase_order"),
    Index(None, "transfer"),
    Index(None, "customer_return"),
    Index(None, "restock"),
    Index("ix_receipt_reversed", "reversed_at", postgresql_where=text("reversed_at IS NOT NULL")),
)


receipt_line = Table(
    "receipt_line",
    metadata,
    Column("receipt", BigInteger, ForeignKey("receipt.id"), nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False),
    Column("disposition", Text, nullable=False, server_default="sellable"),
    Column("units", Integer, nullable=False),
    Column(
        "found",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="of its units, those that had been given up and came after all",
    ),
    Column(
        "undistributed",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="units of which it is not known yet whether they go to a shipment or to the shelf",
    ),
    PrimaryKeyConstraint("receipt", "supply", "disposition"),
    CheckConstraint("units > 0", name="units_is_positive"),
    CheckConstraint("found BETWEEN 0 AND units", name="found"),
    CheckConstraint("undistributed BETWEEN 0 AND units", name="undistributed"),
    CheckConstraint(one_of("disposition", RETURN_DISPOSITIONS), name="disposition"),
    Index(None, "supply"),
    Index("ix_receipt_line_undistributed", "supply", postgresql_where=text("undistributed > 0")),
)


cross_dock = Table(
    "cross_dock",
    metadata,
    Column("receipt", BigInteger, ForeignKey("receipt.id"), nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False),
    Column("shipment", BigInteger, nullable=False, comment="it may be archived"),
    Column("units", Integer, nullable=False),
    PrimaryKeyConstraint("receipt", "supply", "shipment"),
    CheckConstraint("units > 0", name="units_is_positive"),
    comment="Received units that went straight to a released shipment, and not to the shelf.",
)


served_order = Table(
    "served_order",
    metadata,
    Column("receipt", BigInteger, ForeignKey("receipt.id"), nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("units", Integer, nullable=False),
    PrimaryKeyConstraint("receipt", "supply", "order_id"),
    CheckConstraint("units > 0", name="units_is_positive"),
    Index(None, "order_id"),
    comment="Received units that were given to an order when they were given out.",
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


supply_event = Table(
    "supply_event",
    metadata,
    identity(),
    merchant_column(),
    Column("kind", Text, nullable=False, comment="of the document that announces the supply"),
    Column("document", BigInteger, nullable=False, comment="its id"),
    Column("number", String(64), nullable=False),
    Column(
        "sequence",
        Integer,
        nullable=False,
        comment="the place of its first happening in the document's history, from 1",
    ),
    Column(
        "happenings",
        JSONB,
        nullable=False,
        comment="[[kind, facts], ...]: all that one transaction made of the document",
    ),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    moment("at"),
    CheckConstraint(one_of("kind", SupplyKind), name="kind"),
    UniqueConstraint("kind", "document", "sequence"),
    comment="What was known of a supply, since when, and from whom; nothing of it is forgotten.",
)
