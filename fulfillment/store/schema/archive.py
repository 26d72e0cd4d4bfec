"""Orders that are over for long, packed: what they are still found by, and their rows.

An archived order is in no other table but the stock ledger, which is a book and keeps all its rows
(docs/adr/0067).
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

from fulfillment.store.schema.columns import (
    Instant,
    merchant_column,
    metadata,
    moment,
    product_key,
)

PACKED = frozenset(
    {
        "orders",
        "order_customer",
        "order_line",
        "order_event",
        "order_link",
        "shipment",
        "shipment_line",
        "package",
        "package_line",
        "pick_list_line",
        "container",
        "payment_entry",
        "mail",
        "delay_notice",
        "task",
        "served_order",
    }
)
"""Tables of which an order's rows are packed with it."""

KEEPS_HERE = {
    "allocation": "a claim is of an order that is not over",
    "peg": "so is what is tied to supply",
    "late_pin": "so is a pin",
    "open_demand": "so is a place in a queue",
    "container_line": "its units are in a container still",
    "customer_return": "what came back is a document of its own, with supply and receipts",
    "return_line": "the same",
}
"""Tables that refer to an order's rows and are not packed: while it has a row there, it stays."""

TAKEN_OFF = frozenset({"brought_back"})
"""Tables whose rows say something of an order only while it is not archived."""

archived_order = Table(
    "archived_order",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    merchant_column(),
    Column("number", String(64), nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("content_hash", LargeBinary, nullable=False, comment="of the order as first sent"),
    Column("priority", SmallInteger, nullable=False, comment="with the next two: its rank"),
    Column("placed_at", Instant, nullable=False),
    Column("intake_seq", BigInteger, nullable=False),
    Column("finished_at", Instant, nullable=False),
    moment("archived_at"),
    Column("month", Date, nullable=False, comment="the partition that its rows are in"),
    Column(
        "names",
        ARRAY(Text),
        nullable=False,
        comment="what else it is asked for by: shipment 7, tracking 1z9. No customer's data",
    ),
    Column(
        "lines",
        ARRAY(BigInteger),
        nullable=False,
        comment="its lines in shipments, by which the stock ledger names what left",
    ),
    UniqueConstraint("merchant", "number"),
    CheckConstraint("extract(day FROM month) = 1", name="month"),
    Index("ix_archived_order_names", "names", postgresql_using="gin"),
    Index("ix_archived_order_finished", "merchant", "finished_at", "order_id"),
    comment="Which orders are archived: one narrow row for each, in no partition, so that a number"
    " is found, and refused a second time, however old it is.",
)


archived_rows = Table(
    "archived_rows",
    metadata,
    Column("month", Date, nullable=False),
    Column("order_id", BigInteger, nullable=False),
    Column(
        "packed",
        JSON,
        nullable=False,
        comment="{table: [row, ...]} without what is null; as text it is compressed twice as well",
    ),
    Column("customer", JSONB, comment="its row of order_customer; null once it is erased"),
    PrimaryKeyConstraint("month", "order_id"),
    Index(
        "ix_archived_rows_reference",
        text("lower(customer ->> 'reference')"),
        postgresql_where=text("customer ->> 'reference' IS NOT NULL"),
    ),
    postgresql_partition_by="RANGE (month)",
    comment="All rows of archived orders as they were, by the month in which they were archived.",
)


archived_units = Table(
    "archived_units",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("shipped", BigInteger, nullable=False),
    PrimaryKeyConstraint("merchant", "sku"),
    product_key(),
    CheckConstraint("shipped >= 0", name="shipped_is_not_negative"),
    comment="Units that archived orders shipped: no more can come back than were shipped in all.",
)


brought_back = Table(
    "brought_back",
    metadata,
    Column("order_id", BigInteger, ForeignKey("orders.id"), primary_key=True),
    moment("at"),
    Column(
        "written_at",
        Instant,
        nullable=False,
        server_default=text("clock_timestamp()"),
        comment="by the database's own clock, for who looked for it a moment too early",
    ),
    Index("ix_brought_back_written", "written_at"),
    comment="Orders that were archived and asked for again: their days are counted from then on.",
)
