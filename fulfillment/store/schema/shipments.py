"""Shipments, claims, pegs and the queue."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
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

from fulfillment.domain.statuses import ShipmentStatus
from fulfillment.store.schema.columns import (
    Instant,
    identity,
    metadata,
    moment,
    one_of,
    product_key,
)

shipment = Table(
    "shipment",
    metadata,
    identity(),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("location", String(63), ForeignKey("location.id")),
    Column("wave", Integer),
    Column("expected_on", Date),
    Column("parent", BigInteger, ForeignKey("shipment.id")),
    Column("carrier", Text),
    Column("tracking", Text),
    Column("shipped_at", Instant),
    moment("created_at"),
    UniqueConstraint("order_id", "number"),
    CheckConstraint(one_of("status", ShipmentStatus), name="status"),
    CheckConstraint(
        "status IN ('backorder', 'reassigned', 'cancelled') OR location IS NOT NULL",
        name="only_a_backorder_spans_locations",
    ),
    Index("ix_shipment_ready", "location", "id", postgresql_where=text("status = 'ready'")),
)


shipment_line = Table(
    "shipment_line",
    metadata,
    identity(),
    Column("shipment", BigInteger, ForeignKey("shipment.id"), nullable=False),
    Column("order_id", BigInteger, nullable=False),
    Column("order_line", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    ForeignKeyConstraint(["order_id", "order_line"], ["order_line.order_id", "order_line.line"]),
    CheckConstraint("units > 0", name="units_is_positive"),
    Index(None, "shipment"),
    Index(None, "order_id", "order_line"),
)


allocation = Table(
    "allocation",
    metadata,
    Column("shipment_line", BigInteger, ForeignKey("shipment_line.id"), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("units", Integer, nullable=False),
    Column("picked", Integer, nullable=False, server_default=text("0")),
    Column("staged", Integer, nullable=False, server_default=text("0")),
    Column(
        "drop_ship",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="the supplier's own units: they are on nobody's stock level",
    ),
    PrimaryKeyConstraint("shipment_line", "location"),
    product_key(),
    CheckConstraint("units > 0 AND picked >= 0 AND staged >= 0", name="positive"),
    CheckConstraint("picked + staged <= units", name="in_hands_is_allocated"),
    Index(None, "merchant", "sku", "location"),
)


peg = Table(
    "peg",
    metadata,
    Column("shipment_line", BigInteger, ForeignKey("shipment_line.id"), nullable=False),
    Column("supply", BigInteger, ForeignKey("supply.id"), nullable=False),
    Column("pinned", Boolean, nullable=False, server_default=text("false")),
    Column("units", Integer, nullable=False),
    PrimaryKeyConstraint("shipment_line", "supply", "pinned"),
    CheckConstraint("units > 0", name="units_is_positive"),
    Index(None, "supply"),
)


open_demand = Table(
    "open_demand",
    metadata,
    Column("shipment_line", BigInteger, ForeignKey("shipment_line.id"), primary_key=True),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("intake_seq", BigInteger, nullable=False),
    Column("wanted", Integer, nullable=False, comment="units not allocated"),
    Column("held", Integer, nullable=False, comment="units allocated that may still move"),
    Column("lock_location", String(63)),
    Column("gate", Text, nullable=False, comment="first: its order's first claim is to come"),
    product_key(),
    CheckConstraint("wanted >= 0 AND held >= 0 AND wanted + held > 0", name="wants_or_holds"),
    CheckConstraint("gate IN ('first', 'open', 'choosy', 'closed', 'by_hand')", name="gate"),
    Index(
        "ix_open_demand_wanted",
        "merchant",
        "sku",
        "gate",
        "lock_location",
        "priority",
        "placed_at",
        "intake_seq",
        postgresql_where=text("wanted > 0"),
    ),
    Index(
        "ix_open_demand_held",
        "merchant",
        "sku",
        "priority",
        "placed_at",
        "intake_seq",
        postgresql_where=text("held > 0"),
    ),
    Index(None, "order_id"),
    comment="The queue: one row for each waiting line, in the order of rank.",
)
