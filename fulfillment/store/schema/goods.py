"""Products, their queues and their stock."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
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
from sqlalchemy.dialects.postgresql import JSONB

from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    product_key,
)

product = Table(
    "product",
    metadata,
    merchant_column(),
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
    moment("created_at"),
    PrimaryKeyConstraint("merchant", "sku"),
    CheckConstraint("backorder_limit >= 0", name="backorder_limit_is_not_negative"),
)


sku_queue = Table(
    "sku_queue",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("due_since", Instant, comment="distribution that is still owed to this queue"),
    Column(
        "by_po_status",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="a purchase order's change of status started what is owed",
    ),
    PrimaryKeyConstraint("merchant", "sku"),
    product_key(),
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
    product_key(),
    CheckConstraint("allocated BETWEEN 0 AND on_hand", name="allocated_is_on_hand"),
    CheckConstraint("picked >= 0 AND staged >= 0", name="in_hands_is_not_negative"),
    CheckConstraint("picked + staged <= allocated", name="in_hands_is_allocated"),
    CheckConstraint("disposition = 'sellable' OR allocated = 0", name="only_sellable_is_allocated"),
    CheckConstraint("disposition IN ('sellable', 'damaged', 'quarantine')", name="disposition"),
)


stock_ledger = Table(
    "stock_ledger",
    metadata,
    identity(),
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("disposition", Text, nullable=False, server_default="sellable"),
    Column("units", Integer, nullable=False, comment="signed; the sum is on hand"),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("reference", Text, nullable=False, comment="what moved it, unique within its kind"),
    Column("actor", Text, nullable=False),
    moment("at"),
    product_key(),
    UniqueConstraint("merchant", "kind", "reference", "sku", "location", "disposition"),
    CheckConstraint("units <> 0", name="units_is_not_zero"),
    CheckConstraint(
        "kind IN ('receipt', 'reversal', 'adjustment', 'count', 'transfer_out', 'transfer_in',"
        " 'return', 'dispatch')",
        name="kind",
    ),
    CheckConstraint(
        "kind NOT IN ('dispatch', 'transfer_out', 'reversal') OR units < 0", name="leaves"
    ),
    CheckConstraint("kind NOT IN ('receipt', 'transfer_in', 'return') OR units > 0", name="comes"),
    Index(None, "merchant", "sku", "location"),
    comment="Append-only: a trigger refuses UPDATE and DELETE.",
)
