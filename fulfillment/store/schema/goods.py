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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("weight_g", Integer, comment="of one unit"),
    Column("length_mm", Integer),
    Column("width_mm", Integer),
    Column("height_mm", Integer),
    Column("country_of_origin", String(2)),
    Column("customs_code", Text, comment="of the Harmonized System, or longer"),
    Column(
        "bins",
        JSONB,
        nullable=False,
        server_default=text("'{}'::jsonb"),
        comment="where pickers find it, by location",
    ),
    Column(
        "substitutes",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="SKUs that a customer may be offered in its place, the best first",
    ),
    moment("created_at"),
    PrimaryKeyConstraint("merchant", "sku"),
    CheckConstraint("backorder_limit >= 0", name="backorder_limit_is_not_negative"),
    CheckConstraint("weight_g > 0", name="weight_is_positive"),
    CheckConstraint(
        "length_mm > 0 AND width_mm > 0 AND height_mm > 0", name="dimensions_are_positive"
    ),
)


product_barcode = Table(
    "product_barcode",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("code", String(14), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("pack", Text, comment="the pack that it is on; null: one unit"),
    PrimaryKeyConstraint("merchant", "code"),
    product_key(),
    Index(None, "merchant", "sku"),
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
        " 'return', 'dispatch', 'dispatch_void')",
        name="kind",
    ),
    CheckConstraint(
        "kind NOT IN ('dispatch', 'transfer_out', 'reversal') OR units < 0", name="leaves"
    ),
    CheckConstraint(
        "kind NOT IN ('receipt', 'transfer_in', 'return', 'dispatch_void') OR units > 0",
        name="comes",
    ),
    Index(None, "merchant", "sku", "location"),
    Index(None, "merchant", "sku", "id"),
    comment="Append-only: a trigger refuses UPDATE and DELETE.",
)
