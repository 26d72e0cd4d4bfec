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

from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    one_of,
    product_key,
    searched,
)

DATES = {
    "ready_since": (
        "COALESCE(ready_since, '9999-12-31 00:00:00+00'\\:\\:timestamp with time zone)"
    ),
    "ship_by": (
        "COALESCE(LEAST(ship_by, deliver_by - COALESCE(transit_days\\:\\:integer, 0)),"
        " '9999-12-31'\\:\\:date)"
    ),
    "target_ship_on": "COALESCE(target_ship_on, '9999-12-31'\\:\\:date)",
}
"""By which lists are sorted; finished orders, which are many, have an index for each. Written as
PostgreSQL writes them, so that the migrations can be compared with it."""

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
    Column(
        "placed_on",
        Date,
        nullable=False,
        comment="the day it was then at the merchant, whatever zone it has now",
    ),
    Column("intake_seq", BigInteger, Identity(), nullable=False, unique=True),
    Column("ship_by", Date),
    Column("shipping_method", Text),
    Column("deliver_by", Date),
    Column(
        "transit_days",
        SmallInteger,
        comment="of its shipping method when that was told; null: nobody knows",
    ),
    Column("currency", String(3), nullable=False),
    Column("policy", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("lock_location", String(63), ForeignKey("location.id")),
    Column("pickup_location", String(63), ForeignKey("location.id")),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    Column("first_claimed", Boolean, nullable=False, server_default=text("false")),
    Column("rejected", Boolean, nullable=False, server_default=text("false")),
    Column("holds", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("prepared", Boolean, nullable=False, server_default=text("false")),
    Column("waves_spent", Integer, nullable=False, server_default=text("0")),
    Column(
        "waves_granted",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="dispatches beyond max_shipments that a person's split allowed",
    ),
    Column("recheck_on", Date, comment="the day on which to look again, if nothing happens"),
    Column("cancel_on", Date, comment="a person's day for what still waits; else the policy's"),
    Column("target_ship_on", Date, comment="when its first released shipment should go"),
    Column("next_shipment_number", Integer, nullable=False, server_default=text("2")),
    Column("wake_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("ready_since", Instant, comment="since when it is ready to ship; null while it is not"),
    Column("waiting_units", BigInteger, nullable=False, server_default=text("0")),
    Column("finished_at", Instant),
    moment("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
    CheckConstraint(one_of("status", OrderStatus), name="status"),
    CheckConstraint("lock_location IS NULL OR pickup_location IS NULL", name="lock_or_pickup"),
    Index(
        "ix_orders_unfinished",
        "merchant",
        "priority",
        "placed_at",
        "intake_seq",
        postgresql_where=text("finished_at IS NULL"),
    ),
    Index(
        "ix_orders_unclaimed",
        "merchant",
        "created_at",
        postgresql_where=text("NOT first_claimed AND finished_at IS NULL"),
    ),
    Index("ix_orders_rank", "merchant", "priority", "placed_at", "intake_seq"),
    Index(
        "ix_orders_turn",
        "merchant",
        "priority",
        "placed_at",
        "intake_seq",
        postgresql_where=text("NOT first_claimed AND finished_at IS NULL"),
    ),
    Index(
        "ix_orders_target",
        "merchant",
        "target_ship_on",
        "id",
        postgresql_where=text("target_ship_on IS NOT NULL"),
    ),
    Index(
        "ix_orders_ready",
        "merchant",
        "ready_since",
        "id",
        postgresql_where=text("ready_since IS NOT NULL"),
    ),
    *searched("ix_orders_number", "number", "merchant"),
    Index("ix_orders_placed", "merchant", "placed_at", "id"),
    Index(
        "ix_orders_on_hold",
        "merchant",
        "id",
        postgresql_where=text("finished_at IS NULL AND cardinality(holds) > 0"),
    ),
    *(
        Index(
            f"ix_orders_finished_by_{name}",
            "merchant",
            text(expression),
            "id",
            postgresql_where=text("finished_at IS NOT NULL"),
        )
        for name, expression in DATES.items()
    ),
    Index("ix_orders_status", "merchant", "status", "id"),
    Index(
        "ix_orders_recheck",
        "merchant",
        "recheck_on",
        "priority",
        "placed_at",
        "intake_seq",
        postgresql_where=text("recheck_on IS NOT NULL"),
    ),
    Index("ix_orders_backordered", "merchant", "id", postgresql_where=text("waiting_units > 0")),
)


order_customer = Table(
    "order_customer",
    metadata,
    Column("order_id", BigInteger, ForeignKey("orders.id"), primary_key=True),
    Column("reference", Text, comment="the customer's own number at the merchant"),
    Column("contact", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("address", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("packer_note", Text, comment="for who packs it; not for the customer"),
    Index(None, "reference", postgresql_where=text("reference IS NOT NULL")),
    *searched("ix_order_customer", "reference"),
    Index(
        "ix_order_customer_address",
        text("md5(lower(address::text))"),
        postgresql_where=text("address <> '{}'::jsonb"),
    ),
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
    Column("by_hand", Boolean, nullable=False, server_default=text("false")),
    Column("channel", Text, nullable=False, server_default="pick"),
    Column("source_location", String(63), ForeignKey("location.id")),
    Column("first_promise", JSONB, comment="slices of [units, date]; never changes"),
    Column("promise", JSONB, comment="slices of [units, date] as they were last told"),
    Column("pack", Text),
    Column("pack_units", Integer),
    Column("unit_price_minor", BigInteger),
    Column("wanted_on", Date, comment="the day for which the customer wants it"),
    Column("replaces_line", Integer, comment="the line of which units were shipped before"),
    Column(
        "replaces_shipment",
        BigInteger,
        ForeignKey("shipment.id"),
        comment="in which they were lost; null where they come back",
    ),
    Column(
        "managed",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="whether the stock of its product was managed when it was asked for",
    ),
    PrimaryKeyConstraint("order_id", "line"),
    product_key(),
    CheckConstraint("line > 0 AND ordered > 0", name="positive"),
    CheckConstraint("cancelled >= 0 AND shipped >= 0", name="nothing_is_negative"),
    CheckConstraint("cancelled + shipped <= ordered", name="no_more_than_ordered"),
    CheckConstraint("unit_price_minor >= 0", name="price_is_not_negative"),
    CheckConstraint(
        "replaces_shipment IS NULL OR replaces_line IS NOT NULL", name="replaces_a_line"
    ),
    CheckConstraint("channel IN ('pick', 'pickup', 'drop_ship')", name="channel"),
    Index(
        "ix_order_line_replaces",
        "replaces_shipment",
        postgresql_where=text("replaces_shipment IS NOT NULL"),
    ),
    Index("ix_order_line_shipped", "merchant", "sku", postgresql_where=text("shipped > 0")),
)


order_event = Table(
    "order_event",
    metadata,
    identity(),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column(
        "sequence",
        Integer,
        nullable=False,
        comment="the place of its first happening in the order's history, from 1",
    ),
    Column(
        "happenings",
        JSONB,
        nullable=False,
        comment="[[kind, facts], ...]: all that one transaction made of the order",
    ),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    moment("at"),
    UniqueConstraint("order_id", "sequence"),
)
