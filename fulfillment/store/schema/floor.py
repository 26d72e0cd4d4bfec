"""What the warehouse works with: pick lists, containers, packages."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
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
from sqlalchemy.dialects.postgresql import ARRAY

from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    product_key,
    searched,
)

pick_list = Table(
    "pick_list",
    metadata,
    identity(),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("kind", Text, nullable=False, server_default="ship"),
    Column("status", Text, nullable=False, server_default="picking"),
    Column("picker", Text, nullable=False),
    Column(
        "merchants",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="whose work it was given",
    ),
    Column("done_at", Instant),
    moment("created_at"),
    CheckConstraint("kind IN ('ship', 'stage')", name="kind"),
    CheckConstraint("status IN ('picking', 'done', 'given_up')", name="status"),
    Index("ix_pick_list_open", "location", "id", postgresql_where=text("status = 'picking'")),
    comment="Work of one picker: it may hold shipments of several merchants.",
)


pick_list_line = Table(
    "pick_list_line",
    metadata,
    identity(),
    Column("pick_list", BigInteger, ForeignKey("pick_list.id"), nullable=False),
    Column("merchant", String(63), nullable=False),
    Column("order_id", BigInteger, nullable=False),
    Column("order_line", Integer, nullable=False),
    Column("shipment", BigInteger, ForeignKey("shipment.id"), nullable=False),
    Column("sku", String(63), nullable=False),
    Column("units", Integer, nullable=False, comment="to be picked: not staged already"),
    Column("picked", Integer, nullable=False, server_default=text("0")),
    Column("short", Integer, nullable=False, server_default=text("0")),
    Column("to_stage", Boolean, nullable=False, server_default=text("false")),
    product_key(),
    ForeignKeyConstraint(["order_id", "order_line"], ["order_line.order_id", "order_line.line"]),
    UniqueConstraint("pick_list", "shipment", "order_line"),
    CheckConstraint("units > 0 AND picked >= 0 AND short >= 0", name="nothing_is_negative"),
    CheckConstraint("picked + short <= units", name="no_more_than_asked"),
    Index(None, "shipment"),
    Index("ix_pick_list_line_of_order", "order_id", "order_line"),
)


container = Table(
    "container",
    metadata,
    identity(),
    merchant_column(),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("label", String(64), nullable=False),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("emptied_at", Instant),
    moment("created_at"),
    Index(
        "uq_container_label",
        "location",
        "label",
        unique=True,
        postgresql_where=text("emptied_at IS NULL"),
    ),
    Index(None, "order_id"),
    comment="Where an order's staged units are; its label is free again when it is empty.",
)


container_line = Table(
    "container_line",
    metadata,
    Column("container", BigInteger, ForeignKey("container.id"), nullable=False),
    Column("order_line", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    moment("staged_at"),
    PrimaryKeyConstraint("container", "order_line"),
    CheckConstraint("units > 0", name="units_is_positive"),
)


package = Table(
    "package",
    metadata,
    identity(),
    Column("shipment", BigInteger, ForeignKey("shipment.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("weight_g", Integer),
    Column("length_mm", Integer),
    Column("width_mm", Integer),
    Column("height_mm", Integer),
    Column("carrier", Text),
    Column("service", Text),
    Column("tracking", Text),
    Column("shipped_at", Instant),
    moment("created_at"),
    UniqueConstraint("shipment", "number"),
    CheckConstraint("weight_g > 0", name="weight_is_positive"),
    CheckConstraint(
        "length_mm > 0 AND width_mm > 0 AND height_mm > 0", name="dimensions_are_positive"
    ),
    *searched("ix_package_tracking", "tracking"),
)


package_line = Table(
    "package_line",
    metadata,
    Column("package", BigInteger, ForeignKey("package.id"), nullable=False),
    Column("order_line", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    PrimaryKeyConstraint("package", "order_line"),
    CheckConstraint("units > 0", name="units_is_positive"),
)
