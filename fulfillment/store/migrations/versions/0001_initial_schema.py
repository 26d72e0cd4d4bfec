"""initial schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


REFUSE_CHANGE = """
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the stock ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$
"""
LEDGER_TRIGGERS = (
    (
        "CREATE TRIGGER stock_ledger_is_append_only BEFORE UPDATE OR DELETE ON stock_ledger "
        "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
    ),
    (
        "CREATE TRIGGER stock_ledger_is_never_emptied BEFORE TRUNCATE ON stock_ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
    ),
)


def upgrade() -> None:
    op.create_table(
        "command",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("merchant", "key", name=op.f("pk_command")),
        comment="Every command once: the same key again is answered with the stored result.",
    )
    op.create_table(
        "location",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
    )
    op.create_table(
        "merchant",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="USD", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_merchant_id_is_a_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="whom it is for, unique within its kind"
        ),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('start_order', 'wake_order', 'start_purchase_order', 'wake_purchase_order', 'replan')",
            name=op.f("ck_outbox_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_outbox_kind_subject")),
    )
    op.create_index(op.f("ix_outbox_lane_due_at"), "outbox", ["lane", "due_at"], unique=False)
    op.create_table(
        "setting",
        sa.Column(
            "scope",
            sa.String(length=63),
            nullable=False,
            comment="a merchant, or * for the default",
        ),
        sa.Column("knob", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("scope", "knob", name=op.f("pk_setting")),
    )
    op.create_table(
        "setting_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scope", sa.String(length=63), nullable=False),
        sa.Column("knob", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_change")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=True, comment="null: every merchant"),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('intake', 'warehouse', 'purchasing', 'admin')", name=op.f("ck_api_key_role")
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_api_key_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "merchant_location",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("100"), nullable=False),
        sa.ForeignKeyConstraint(
            ["location"], ["location.id"], name=op.f("fk_merchant_location_location")
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_merchant_location_merchant")
        ),
        sa.PrimaryKeyConstraint("merchant", "location", name=op.f("pk_merchant_location")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "content_hash", sa.LargeBinary(), nullable=False, comment="of the order as first sent"
        ),
        sa.Column(
            "revision_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="of the last edit of the sales channel",
        ),
        sa.Column("status", sa.Text(), server_default="received", nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default=sa.text("50"), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intake_seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ship_by", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "policy",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("lock_location", sa.String(length=63), nullable=True),
        sa.Column("pickup_location", sa.String(length=63), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("first_claimed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rejected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "holds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("waves_spent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_shipment_number", sa.Integer(), server_default=sa.text("2"), nullable=False
        ),
        sa.Column("wake_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "ready_to_ship_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it last became ready to ship",
        ),
        sa.Column("waiting_units", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('cancelled', 'rejected', 'on_hold', 'verifying', 'received', 'shipped', 'partially_shipped', 'picking', 'partially_backordered', 'awaiting_stock', 'awaiting_pick_and_pack')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint(
            "lock_location IS NULL OR pickup_location IS NULL",
            name=op.f("ck_orders_lock_or_pickup"),
        ),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name=op.f("ck_orders_priority")),
        sa.ForeignKeyConstraint(
            ["lock_location"], ["location.id"], name=op.f("fk_orders_lock_location")
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_orders_merchant")),
        sa.ForeignKeyConstraint(
            ["pickup_location"], ["location.id"], name=op.f("fk_orders_pickup_location")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("intake_seq", name=op.f("uq_orders_intake_seq")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_orders_merchant_number")),
    )
    op.create_index(
        "ix_orders_backordered",
        "orders",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("waiting_units > 0"),
    )
    op.create_index(
        "ix_orders_rank",
        "orders",
        ["merchant", "priority", "placed_at", "intake_seq"],
        unique=False,
    )
    op.create_index("ix_orders_status", "orders", ["merchant", "status", "id"], unique=False)
    op.create_index(
        "ix_orders_unfinished",
        "orders",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "product",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manage_stock", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("allow_backorder", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("backorder_limit", sa.Integer(), nullable=True),
        sa.Column("future_inventory", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "packs",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("supplier", sa.Text(), nullable=True),
        sa.Column("reorder_level", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "backorder_limit >= 0", name=op.f("ck_product_backorder_limit_is_not_negative")
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_product_merchant")),
        sa.PrimaryKeyConstraint("merchant", "sku", name=op.f("pk_product")),
    )
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("supplier", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("wake_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'in_transit', 'arrived', 'received', 'closed', 'cancelled')",
            name=op.f("ck_purchase_order_status"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_purchase_order_merchant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_purchase_order_merchant_number")),
    )
    op.create_table(
        "order_customer",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "reference",
            sa.Text(),
            nullable=True,
            comment="the customer's own number at the merchant",
        ),
        sa.Column(
            "contact",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "address",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_customer_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_customer")),
        comment="Personal data, apart from all else: erase a row and the order still stands.",
    )
    op.create_index(
        op.f("ix_order_customer_reference"), "order_customer", ["reference"], unique=False
    )
    op.create_table(
        "order_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_event_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    op.create_index(
        op.f("ix_order_event_order_id_id"), "order_event", ["order_id", "id"], unique=False
    )
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("shipped", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("pack", sa.Text(), nullable=True),
        sa.Column("pack_units", sa.Integer(), nullable=True),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "cancelled + shipped <= ordered", name=op.f("ck_order_line_no_more_than_ordered")
        ),
        sa.CheckConstraint(
            "cancelled >= 0 AND shipped >= 0", name=op.f("ck_order_line_nothing_is_negative")
        ),
        sa.CheckConstraint("line > 0 AND ordered > 0", name=op.f("ck_order_line_positive")),
        sa.CheckConstraint(
            "unit_price_minor >= 0", name=op.f("ck_order_line_price_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_order_line_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_line_order_id")),
        sa.PrimaryKeyConstraint("order_id", "line", name=op.f("pk_order_line")),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("purchase_order", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_receipt_location")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_receipt_merchant")),
        sa.ForeignKeyConstraint(
            ["purchase_order"], ["purchase_order.id"], name=op.f("fk_receipt_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_receipt_merchant_number")),
    )
    op.create_index(op.f("ix_receipt_purchase_order"), "receipt", ["purchase_order"], unique=False)
    op.create_table(
        "shipment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('backorder', 'future', 'ready', 'picking', 'picked', 'packed', 'shipped', 'reassigned', 'cancelled')",
            name=op.f("ck_shipment_status"),
        ),
        sa.CheckConstraint(
            "status IN ('backorder', 'reassigned', 'cancelled') OR location IS NOT NULL",
            name=op.f("ck_shipment_only_a_backorder_spans_locations"),
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_shipment_location")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipment_order_id")),
        sa.ForeignKeyConstraint(["parent"], ["shipment.id"], name=op.f("fk_shipment_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_shipment_order_id_number")),
    )
    op.create_index(
        "ix_shipment_ready",
        "shipment",
        ["location", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'ready'"),
    )
    op.create_table(
        "sku_queue",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column(
            "due_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="distribution that is still owed to this queue",
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_sku_queue_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("merchant", "sku", name=op.f("pk_sku_queue")),
        comment="The mutex of a SKU's queue: whoever changes its claims holds this row.",
    )
    op.create_index(
        op.f("ix_sku_queue_merchant"),
        "sku_queue",
        ["merchant"],
        unique=False,
        postgresql_where=sa.text("due_since IS NOT NULL"),
    )
    op.create_table(
        "stock_ledger",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("disposition", sa.Text(), server_default="sellable", nullable=False),
        sa.Column("units", sa.Integer(), nullable=False, comment="signed; the sum is on hand"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "reference", sa.Text(), nullable=False, comment="what moved it, unique within its kind"
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind <> 'dispatch' OR units < 0", name=op.f("ck_stock_ledger_dispatch_leaves")
        ),
        sa.CheckConstraint(
            "kind IN ('receipt', 'adjustment', 'dispatch')", name=op.f("ck_stock_ledger_kind")
        ),
        sa.CheckConstraint("units <> 0", name=op.f("ck_stock_ledger_units_is_not_zero")),
        sa.ForeignKeyConstraint(
            ["location"], ["location.id"], name=op.f("fk_stock_ledger_location")
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_stock_ledger_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_ledger")),
        sa.UniqueConstraint(
            "merchant",
            "kind",
            "reference",
            "sku",
            "location",
            "disposition",
            name=op.f("uq_stock_ledger_merchant_kind_reference_sku_location_disposition"),
        ),
        comment="Append-only: a trigger refuses UPDATE and DELETE.",
    )
    op.create_index(
        op.f("ix_stock_ledger_merchant_sku_location"),
        "stock_ledger",
        ["merchant", "sku", "location"],
        unique=False,
    )
    op.create_table(
        "stock_level",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("disposition", sa.Text(), server_default="sellable", nullable=False),
        sa.Column("on_hand", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("allocated", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("picked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("staged", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "disposition = 'sellable' OR allocated = 0",
            name=op.f("ck_stock_level_only_sellable_is_allocated"),
        ),
        sa.CheckConstraint(
            "disposition IN ('sellable', 'damaged', 'quarantine')",
            name=op.f("ck_stock_level_disposition"),
        ),
        sa.CheckConstraint(
            "allocated BETWEEN 0 AND on_hand", name=op.f("ck_stock_level_allocated_is_on_hand")
        ),
        sa.CheckConstraint(
            "picked + staged <= allocated", name=op.f("ck_stock_level_in_hands_is_allocated")
        ),
        sa.CheckConstraint(
            "picked >= 0 AND staged >= 0", name=op.f("ck_stock_level_in_hands_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["location"], ["location.id"], name=op.f("fk_stock_level_location")
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_stock_level_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint(
            "merchant", "sku", "location", "disposition", name=op.f("pk_stock_level")
        ),
    )
    op.create_table(
        "supply",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("closed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column(
            "inbound", sa.Boolean(), nullable=False, comment="approved or later, and not ended"
        ),
        sa.CheckConstraint(
            "kind IN ('purchase_order', 'transfer', 'return', 'restock')",
            name=op.f("ck_supply_kind"),
        ),
        sa.CheckConstraint("ordered > 0", name=op.f("ck_supply_ordered_is_positive")),
        sa.CheckConstraint(
            "received + closed <= ordered", name=op.f("ck_supply_no_more_than_ordered")
        ),
        sa.CheckConstraint(
            "received >= 0 AND closed >= 0", name=op.f("ck_supply_nothing_is_negative")
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_supply_location")),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_supply_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply")),
    )
    op.create_index(
        op.f("ix_supply_merchant_sku"),
        "supply",
        ["merchant", "sku"],
        unique=False,
        postgresql_where=sa.text("inbound"),
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("purchase_order", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order"],
            ["purchase_order.id"],
            name=op.f("fk_purchase_order_line_purchase_order"),
        ),
        sa.ForeignKeyConstraint(
            ["supply"], ["supply.id"], name=op.f("fk_purchase_order_line_supply")
        ),
        sa.PrimaryKeyConstraint("purchase_order", "line", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint("supply", name=op.f("uq_purchase_order_line_supply")),
    )
    op.create_table(
        "receipt_line",
        sa.Column("receipt", sa.BigInteger(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_receipt_line_units_is_positive")),
        sa.ForeignKeyConstraint(["receipt"], ["receipt.id"], name=op.f("fk_receipt_line_receipt")),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_receipt_line_supply")),
        sa.PrimaryKeyConstraint("receipt", "supply", name=op.f("pk_receipt_line")),
    )
    op.create_table(
        "shipment_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_shipment_line_units_is_positive")),
        sa.ForeignKeyConstraint(
            ["order_id", "order_line"],
            ["order_line.order_id", "order_line.line"],
            name=op.f("fk_shipment_line_order_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment"], ["shipment.id"], name=op.f("fk_shipment_line_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
    )
    op.create_index(
        op.f("ix_shipment_line_order_id_order_line"),
        "shipment_line",
        ["order_id", "order_line"],
        unique=False,
    )
    op.create_index(op.f("ix_shipment_line_shipment"), "shipment_line", ["shipment"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("shipment_line", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("staged", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "picked + staged <= units", name=op.f("ck_allocation_in_hands_is_allocated")
        ),
        sa.CheckConstraint(
            "units > 0 AND picked >= 0 AND staged >= 0", name=op.f("ck_allocation_positive")
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_allocation_location")),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_allocation_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_line"], ["shipment_line.id"], name=op.f("fk_allocation_shipment_line")
        ),
        sa.PrimaryKeyConstraint("shipment_line", "location", name=op.f("pk_allocation")),
    )
    op.create_index(
        op.f("ix_allocation_merchant_sku_location"),
        "allocation",
        ["merchant", "sku", "location"],
        unique=False,
    )
    op.create_table(
        "open_demand",
        sa.Column("shipment_line", sa.BigInteger(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intake_seq", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False, comment="units not allocated"),
        sa.Column(
            "held", sa.Integer(), nullable=False, comment="units allocated that may still move"
        ),
        sa.Column("lock_location", sa.String(length=63), nullable=True),
        sa.Column(
            "gate", sa.Text(), nullable=False, comment="first: its order's first claim is to come"
        ),
        sa.Column("recheck_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "gate IN ('first', 'open', 'by_hand', 'closed')", name=op.f("ck_open_demand_gate")
        ),
        sa.CheckConstraint(
            "wanted >= 0 AND held >= 0 AND wanted + held > 0",
            name=op.f("ck_open_demand_wants_or_holds"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_open_demand_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_open_demand_order_id")),
        sa.ForeignKeyConstraint(
            ["shipment_line"], ["shipment_line.id"], name=op.f("fk_open_demand_shipment_line")
        ),
        sa.PrimaryKeyConstraint("shipment_line", name=op.f("pk_open_demand")),
        comment="The queue: one row for each waiting line, in the order of rank.",
    )
    op.create_index(
        "ix_open_demand_held",
        "open_demand",
        ["merchant", "sku", "priority", "placed_at", "intake_seq"],
        unique=False,
        postgresql_where=sa.text("held > 0"),
    )
    op.create_index(op.f("ix_open_demand_order_id"), "open_demand", ["order_id"], unique=False)
    op.create_index(
        "ix_open_demand_wanted",
        "open_demand",
        ["merchant", "sku", "gate", "lock_location", "priority", "placed_at", "intake_seq"],
        unique=False,
        postgresql_where=sa.text("wanted > 0"),
    )
    op.create_table(
        "peg",
        sa.Column("shipment_line", sa.BigInteger(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_peg_units_is_positive")),
        sa.ForeignKeyConstraint(
            ["shipment_line"], ["shipment_line.id"], name=op.f("fk_peg_shipment_line")
        ),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_peg_supply")),
        sa.PrimaryKeyConstraint("shipment_line", "supply", "pinned", name=op.f("pk_peg")),
    )
    op.create_index(op.f("ix_peg_supply"), "peg", ["supply"], unique=False)
    op.execute(REFUSE_CHANGE)
    for statement in LEDGER_TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_peg_supply"), table_name="peg")
    op.drop_table("peg")
    op.drop_index(
        "ix_open_demand_wanted", table_name="open_demand", postgresql_where=sa.text("wanted > 0")
    )
    op.drop_index(op.f("ix_open_demand_order_id"), table_name="open_demand")
    op.drop_index(
        "ix_open_demand_held", table_name="open_demand", postgresql_where=sa.text("held > 0")
    )
    op.drop_table("open_demand")
    op.drop_index(op.f("ix_allocation_merchant_sku_location"), table_name="allocation")
    op.drop_table("allocation")
    op.drop_index(op.f("ix_shipment_line_shipment"), table_name="shipment_line")
    op.drop_index(op.f("ix_shipment_line_order_id_order_line"), table_name="shipment_line")
    op.drop_table("shipment_line")
    op.drop_table("receipt_line")
    op.drop_table("purchase_order_line")
    op.drop_index(
        op.f("ix_supply_merchant_sku"), table_name="supply", postgresql_where=sa.text("inbound")
    )
    op.drop_table("supply")
    op.drop_table("stock_level")
    op.drop_index(op.f("ix_stock_ledger_merchant_sku_location"), table_name="stock_ledger")
    op.drop_table("stock_ledger")
    op.drop_index(
        op.f("ix_sku_queue_merchant"),
        table_name="sku_queue",
        postgresql_where=sa.text("due_since IS NOT NULL"),
    )
    op.drop_table("sku_queue")
    op.drop_index(
        "ix_shipment_ready", table_name="shipment", postgresql_where=sa.text("status = 'ready'")
    )
    op.drop_table("shipment")
    op.drop_index(op.f("ix_receipt_purchase_order"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("order_line")
    op.drop_index(op.f("ix_order_event_order_id_id"), table_name="order_event")
    op.drop_table("order_event")
    op.drop_index(op.f("ix_order_customer_reference"), table_name="order_customer")
    op.drop_table("order_customer")
    op.drop_table("purchase_order")
    op.drop_table("product")
    op.drop_index(
        "ix_orders_unfinished", table_name="orders", postgresql_where=sa.text("finished_at IS NULL")
    )
    op.drop_index("ix_orders_status", table_name="orders")
    op.drop_index("ix_orders_rank", table_name="orders")
    op.drop_index(
        "ix_orders_backordered", table_name="orders", postgresql_where=sa.text("waiting_units > 0")
    )
    op.drop_table("orders")
    op.drop_table("merchant_location")
    op.drop_table("api_key")
    op.drop_table("setting_change")
    op.drop_table("setting")
    op.drop_index(op.f("ix_outbox_lane_due_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("merchant")
    op.drop_table("location")
    op.drop_table("command")
    op.execute("DROP FUNCTION refuse_ledger_change()")
