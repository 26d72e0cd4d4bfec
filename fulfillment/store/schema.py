"""Every table, as SQLAlchemy Core metadata; the migrations are tested against it.

What the database can carry as a constraint it carries: a rule that only code holds is a rule
that the next program breaks.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from fulfillment.domain.statuses import OrderStatus, PurchaseOrderStatus, ShipmentStatus

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Instant = DateTime(timezone=True)


def _one_of(column: str, values: object) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"  # type: ignore[attr-defined]


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(), primary_key=True)


def _merchant() -> Column[str]:
    return Column("merchant", String(63), ForeignKey("merchant.id"), nullable=False)


def _at(name: str) -> Column[object]:
    return Column(name, Instant, nullable=False, server_default=func.now())


def _product_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["merchant", "sku"], ["product.merchant", "product.sku"])


merchant = Table(
    "merchant",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("currency", String(3), nullable=False, server_default="USD"),
    _at("created_at"),
    CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]*$'", name="id_is_a_slug"),
)

setting = Table(
    "setting",
    metadata,
    Column("scope", String(63), nullable=False, comment="a merchant, or * for the default"),
    Column("knob", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("changed_by", Text, nullable=False),
    _at("changed_at"),
    PrimaryKeyConstraint("scope", "knob"),
)

setting_change = Table(
    "setting_change",
    metadata,
    _id(),
    Column("scope", String(63), nullable=False),
    Column("knob", Text, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("changed_by", Text, nullable=False),
    _at("changed_at"),
)

location = Table(
    "location",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    _at("created_at"),
)

merchant_location = Table(
    "merchant_location",
    metadata,
    _merchant(),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("priority", Integer, nullable=False, server_default=text("100")),
    PrimaryKeyConstraint("merchant", "location"),
)

product = Table(
    "product",
    metadata,
    _merchant(),
    Column("sku", String(63), nullable=False),
    Column("name", Text, nullable=False),
    Column("manage_stock", Boolean, nullable=False, server_default=text("true")),
    Column("allow_backorder", Boolean, nullable=False, server_default=text("true")),
    Column("backorder_limit", Integer),
    Column("future_inventory", Boolean, nullable=False, server_default=text("true")),
    Column("packs", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("supplier", Text),
    Column("reorder_level", Integer, nullable=False, server_default=text("0")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    _at("created_at"),
    PrimaryKeyConstraint("merchant", "sku"),
    CheckConstraint("backorder_limit >= 0", name="backorder_limit_is_not_negative"),
)

sku_queue = Table(
    "sku_queue",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("due_since", Instant, comment="distribution that is still owed to this queue"),
    PrimaryKeyConstraint("merchant", "sku"),
    _product_key(),
    Index(None, "merchant", postgresql_where=text("due_since IS NOT NULL")),
    comment="The mutex of a SKU's queue: whoever changes its claims holds this row.",
)

stock_level = Table(
    "stock_level",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("disposition", Text, nullable=False, server_default="sellable"),
    Column("on_hand", Integer, nullable=False, server_default=text("0")),
    Column("allocated", Integer, nullable=False, server_default=text("0")),
    Column("picked", Integer, nullable=False, server_default=text("0")),
    Column("staged", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("merchant", "sku", "location", "disposition"),
    _product_key(),
    CheckConstraint("allocated BETWEEN 0 AND on_hand", name="allocated_is_on_hand"),
    CheckConstraint("picked >= 0 AND staged >= 0", name="in_hands_is_not_negative"),
    CheckConstraint("picked + staged <= allocated", name="in_hands_is_allocated"),
    CheckConstraint("disposition = 'sellable' OR allocated = 0", name="only_sellable_is_allocated"),
    CheckConstraint("disposition IN ('sellable', 'damaged', 'quarantine')", name="disposition"),
)

stock_ledger = Table(
    "stock_ledger",
    metadata,
    _id(),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("disposition", Text, nullable=False, server_default="sellable"),
    Column("units", Integer, nullable=False, comment="signed; the sum is on hand"),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("reference", Text, nullable=False, comment="what moved it, unique within its kind"),
    Column("actor", Text, nullable=False),
    _at("at"),
    _product_key(),
    UniqueConstraint("merchant", "kind", "reference", "sku", "location", "disposition"),
    CheckConstraint("units <> 0", name="units_is_not_zero"),
    CheckConstraint("kind IN ('receipt', 'adjustment', 'dispatch')", name="kind"),
    CheckConstraint("kind <> 'dispatch' OR units < 0", name="dispatch_leaves"),
    Index(None, "merchant", "sku", "location"),
    comment="Append-only: a trigger refuses UPDATE and DELETE.",
)

purchase_order = Table(
    "purchase_order",
    metadata,
    _id(),
    _merchant(),
    Column("number", String(64), nullable=False),
    Column("supplier", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("expected_on", Date),
    Column("wake_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("created_by", Text, nullable=False),
    _at("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint(_one_of("status", PurchaseOrderStatus), name="status"),
)

supply = Table(
    "supply",
    metadata,
    _id(),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("received", Integer, nullable=False, server_default=text("0")),
    Column("closed", Integer, nullable=False, server_default=text("0")),
    Column("expected_on", Date),
    Column("inbound", Boolean, nullable=False, comment="approved or later, and not ended"),
    _product_key(),
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
    _id(),
    _merchant(),
    Column("number", String(64), nullable=False),
    Column("purchase_order", BigInteger, ForeignKey("purchase_order.id"), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("actor", Text, nullable=False),
    _at("at"),
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

orders = Table(
    "orders",
    metadata,
    _id(),
    _merchant(),
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
    _at("created_at"),
    UniqueConstraint("merchant", "number"),
    CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
    CheckConstraint(_one_of("status", OrderStatus), name="status"),
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
    _product_key(),
    CheckConstraint("line > 0 AND ordered > 0", name="positive"),
    CheckConstraint("cancelled >= 0 AND shipped >= 0", name="nothing_is_negative"),
    CheckConstraint("cancelled + shipped <= ordered", name="no_more_than_ordered"),
    CheckConstraint("unit_price_minor >= 0", name="price_is_not_negative"),
)

shipment = Table(
    "shipment",
    metadata,
    _id(),
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
    _at("created_at"),
    UniqueConstraint("order_id", "number"),
    CheckConstraint(_one_of("status", ShipmentStatus), name="status"),
    CheckConstraint(
        "status IN ('backorder', 'reassigned', 'cancelled') OR location IS NOT NULL",
        name="only_a_backorder_spans_locations",
    ),
    Index("ix_shipment_ready", "location", "id", postgresql_where=text("status = 'ready'")),
)

shipment_line = Table(
    "shipment_line",
    metadata,
    _id(),
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
    PrimaryKeyConstraint("shipment_line", "location"),
    _product_key(),
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
    Column("gate", Text, nullable=False, server_default="open"),
    Column("recheck_on", Date),
    _product_key(),
    CheckConstraint("wanted >= 0 AND held >= 0 AND wanted + held > 0", name="wants_or_holds"),
    CheckConstraint("gate IN ('open', 'by_hand', 'closed')", name="gate"),
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

order_event = Table(
    "order_event",
    metadata,
    _id(),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    _at("at"),
    Index(None, "order_id", "id"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("merchant", String(63), nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="whom it is for, unique within its kind"),
    Column("payload", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", Instant, nullable=False, server_default=func.now()),
    Column("last_error", Text),
    _at("created_at"),
    UniqueConstraint("kind", "subject"),
    CheckConstraint(
        "kind IN ('start_order', 'wake_order', 'start_purchase_order', 'wake_purchase_order',"
        " 'replan')",
        name="kind",
    ),
    Index(None, "lane", "due_at"),
)

command = Table(
    "command",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("key", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("result", JSONB),
    Column("actor", Text, nullable=False),
    _at("at"),
    PrimaryKeyConstraint("merchant", "key"),
    comment="Every command once: the same key again is answered with the stored result.",
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("merchant", String(63), ForeignKey("merchant.id"), comment="null: every merchant"),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("revoked_at", Instant),
    _at("created_at"),
    CheckConstraint("role IN ('intake', 'warehouse', 'purchasing', 'admin')", name="role"),
)
