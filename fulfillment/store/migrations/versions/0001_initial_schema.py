"""Every table, as the metadata has it, and what metadata can not say: views and triggers."""

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

INBOUND_SUPPLY = """
CREATE VIEW inbound_supply AS
SELECT u.id, u.merchant, u.sku, u.location, u.kind, u.document, u.outstanding, u.expected_on,
       u.overdue, o.id AS purchase_order, l.line AS purchase_line, o.status,
       CASE WHEN o.status = 'arrived' THEN DATE '9999-12-31' ELSE u.expected_on END AS counts_until,
       coalesce((SELECT sum(p.units) FROM peg p WHERE p.supply = u.id), 0)::bigint AS pegged
  FROM supply u
  LEFT JOIN purchase_order_line l ON l.supply = u.id
  LEFT JOIN purchase_order o ON o.id = l.purchase_order
 WHERE u.inbound;
COMMENT ON VIEW inbound_supply IS 'Supply that is approved or later, and of which units are to come.';
COMMENT ON COLUMN inbound_supply.status IS 'of its purchase order; other supply has none';
COMMENT ON COLUMN inbound_supply.counts_until IS
    'the last day, at its location, on which units may be pegged on it; what has arrived always may';
"""

SUPPLY_LINE = """
CREATE VIEW supply_line AS
SELECT 'purchase_order' AS kind, purchase_order AS document, line, supply,
       NULL::integer AS order_line FROM purchase_order_line
 UNION ALL
SELECT 'transfer', transfer, line, supply, NULL FROM transfer_line
 UNION ALL
SELECT 'return', customer_return, line, supply, order_line FROM return_line
 UNION ALL
SELECT 'restock', id, 1, supply, NULL FROM restock;
COMMENT ON VIEW supply_line IS 'Each supply as the line of the document that announces it.'
"""

HAPPENING = """
CREATE VIEW happening AS
SELECT e.order_id, (e.sequence + h.n - 1)::integer AS sequence, h.what ->> 0 AS kind,
       h.what -> 1 AS facts, e.actor, e.reason, e.at
  FROM order_event e
 CROSS JOIN LATERAL jsonb_array_elements(e.happenings) WITH ORDINALITY AS h(what, n);
COMMENT ON VIEW happening IS 'Each thing that happened to an order, in the order in which one tells it.'
"""

FIRST_EPOCH = """
INSERT INTO epoch (number, actor)
VALUES (extract(epoch FROM clock_timestamp())::bigint, 'migrate')
"""


def upgrade() -> None:
    """Make everything, with the epoch that begins now."""
    op.create_table(
        "command",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("merchant", "key", name=op.f("pk_command")),
        comment="Every command once: the same key again is answered with the stored result.",
    )
    op.create_table(
        "epoch",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_epoch")),
        comment="Lives of this database: whoever knows an older one may know what was lost.",
    )
    op.create_table(
        "location",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("cutoff", sa.Time(), server_default=sa.text("'15:00'"), nullable=False),
        sa.Column(
            "working_days",
            postgresql.ARRAY(sa.SmallInteger()),
            server_default=sa.text("'{1,2,3,4,5}'"),
            nullable=False,
            comment="ISO: Monday is 1",
        ),
        sa.Column(
            "holidays",
            sa.Text(),
            nullable=True,
            comment="whose public holidays it keeps: AT, US-NJ",
        ),
        sa.Column("handling_days", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "calendar_revision",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how often its calendar was changed",
        ),
        sa.Column(
            "renewed_revision",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="up to which of these changes the target days of what is ready were made anew",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "cardinality(working_days) > 0 AND working_days <@ '{1,2,3,4,5,6,7}'::smallint[]",
            name=op.f("ck_location_working_days"),
        ),
        sa.CheckConstraint(
            "handling_days BETWEEN 0 AND 60", name=op.f("ck_location_handling_days")
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
            "replan_due",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="settings changed: every open order has to be planned again",
        ),
        sa.Column(
            "authorise_before_release",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a shipment waits until its payment is authorised",
        ),
        sa.Column(
            "reauthorise_on_release",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a backordered shipment that is released has its payment authorised anew",
        ),
        sa.Column(
            "shipping_methods",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
            comment="days under way, by the name of the method",
        ),
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
        sa.Column("payload", postgresql.JSONB(), nullable=False),
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
        sa.Column(
            "priority",
            sa.SmallInteger(),
            sa.Computed("coalesce((payload ->> 'priority')::smallint, 0)", persisted=True),
            nullable=False,
            comment="of the order to be started: among a merchant's starts lower ones go first",
        ),
        sa.CheckConstraint(
            "kind IN ('start_order', 'wake_order', 'start_purchase_order', 'wake_purchase_order', 'replan')",
            name=op.f("ck_outbox_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_outbox_kind_subject")),
    )
    op.create_index(op.f("ix_outbox_lane_due_at"), "outbox", ["lane", "due_at"], unique=False)
    op.create_index(
        "ix_outbox_turn", "outbox", ["merchant", "lane", "priority", "id"], unique=False
    )
    op.create_table(
        "setting",
        sa.Column(
            "scope",
            sa.String(length=63),
            nullable=False,
            comment="a merchant, or * for the default",
        ),
        sa.Column("knob", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
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
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
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
        "started_order",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_started_order")),
        comment="Orders whose workflows were started a moment ago: further starts are paced by them.",
    )
    op.create_table(
        "supported_revision",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_supported_revision")),
        comment="Newest revisions known to programs that may work with the tables as they are.",
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=True, comment="null: every merchant"),
        sa.Column(
            "locations", postgresql.ARRAY(sa.Text()), nullable=True, comment="null: every location"
        ),
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
        "letterhead",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column(
            "sender", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("logo", sa.LargeBinary(), nullable=True, comment="a PNG or JPEG"),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_letterhead_merchant")),
        sa.PrimaryKeyConstraint("merchant", name=op.f("pk_letterhead")),
        comment="What stands over a merchant's papers: who sends them, line by line, and a logo.",
    )
    op.create_table(
        "location_closure",
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location"], ["location.id"], name=op.f("fk_location_closure_location")
        ),
        sa.PrimaryKeyConstraint("location", "on_day", name=op.f("pk_location_closure")),
        comment="Days on which a location is closed, beside its public holidays.",
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
        sa.Column(
            "placed_on",
            sa.Date(),
            nullable=False,
            comment="the day it was then at the merchant, whatever zone it has now",
        ),
        sa.Column("intake_seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ship_by", sa.Date(), nullable=True),
        sa.Column("shipping_method", sa.Text(), nullable=True),
        sa.Column("deliver_by", sa.Date(), nullable=True),
        sa.Column(
            "transit_days",
            sa.SmallInteger(),
            nullable=True,
            comment="of its shipping method when that was told; null: nobody knows",
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "policy", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("lock_location", sa.String(length=63), nullable=True),
        sa.Column("pickup_location", sa.String(length=63), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("first_claimed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rejected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "holds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("prepared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("waves_spent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "waves_granted",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="dispatches beyond max_shipments that a person's split allowed",
        ),
        sa.Column(
            "recheck_on",
            sa.Date(),
            nullable=True,
            comment="the day on which to look again, if nothing happens",
        ),
        sa.Column(
            "cancel_on",
            sa.Date(),
            nullable=True,
            comment="a person's day for what still waits; else the policy's",
        ),
        sa.Column(
            "target_ship_on",
            sa.Date(),
            nullable=True,
            comment="when its first released shipment should go",
        ),
        sa.Column(
            "next_shipment_number", sa.Integer(), server_default=sa.text("2"), nullable=False
        ),
        sa.Column("wake_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "ready_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="since when it is ready to ship; null while it is not",
        ),
        sa.Column("waiting_units", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
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
        "ix_orders_number_head",
        "orders",
        ["merchant", sa.literal_column("lower(number)").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=None,
    )
    op.create_index(
        "ix_orders_number_tail",
        "orders",
        ["merchant", sa.literal_column("reverse(lower(number))").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=None,
    )
    op.create_index(
        "ix_orders_rank",
        "orders",
        ["merchant", "priority", "placed_at", "intake_seq"],
        unique=False,
    )
    op.create_index(
        "ix_orders_ready",
        "orders",
        ["merchant", "ready_since", "id"],
        unique=False,
        postgresql_where=sa.text("ready_since IS NOT NULL"),
    )
    op.create_index(
        "ix_orders_recheck",
        "orders",
        ["recheck_on"],
        unique=False,
        postgresql_where=sa.text("recheck_on IS NOT NULL"),
    )
    op.create_index("ix_orders_status", "orders", ["merchant", "status", "id"], unique=False)
    op.create_index(
        "ix_orders_target",
        "orders",
        ["merchant", "target_ship_on", "id"],
        unique=False,
        postgresql_where=sa.text("target_ship_on IS NOT NULL"),
    )
    op.create_index(
        "ix_orders_turn",
        "orders",
        ["merchant", "priority", "placed_at", "intake_seq"],
        unique=False,
        postgresql_where=sa.text("NOT first_claimed AND finished_at IS NULL"),
    )
    op.create_index(
        "ix_orders_unclaimed",
        "orders",
        ["merchant", "created_at"],
        unique=False,
        postgresql_where=sa.text("NOT first_claimed AND finished_at IS NULL"),
    )
    op.create_index(
        "ix_orders_unfinished",
        "orders",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "pick_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("kind", sa.Text(), server_default="ship", nullable=False),
        sa.Column("status", sa.Text(), server_default="picking", nullable=False),
        sa.Column("picker", sa.Text(), nullable=False),
        sa.Column(
            "merchants",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="whose work it was given",
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('ship', 'stage')", name=op.f("ck_pick_list_kind")),
        sa.CheckConstraint(
            "status IN ('picking', 'done', 'given_up')", name=op.f("ck_pick_list_status")
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_pick_list_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_list")),
        comment="Work of one picker: it may hold shipments of several merchants.",
    )
    op.create_index(
        "ix_pick_list_open",
        "pick_list",
        ["location", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'picking'"),
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
            "packs", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("supplier", sa.Text(), nullable=True),
        sa.Column("reorder_level", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True, comment="of one unit"),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("country_of_origin", sa.String(length=2), nullable=True),
        sa.Column(
            "customs_code", sa.Text(), nullable=True, comment="of the Harmonized System, or longer"
        ),
        sa.Column(
            "bins",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
            comment="where pickers find it, by location",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "backorder_limit >= 0", name=op.f("ck_product_backorder_limit_is_not_negative")
        ),
        sa.CheckConstraint(
            "length_mm > 0 AND width_mm > 0 AND height_mm > 0",
            name=op.f("ck_product_dimensions_are_positive"),
        ),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_product_weight_is_positive")),
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
        sa.Column(
            "over_receipt_percent",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how much more of a line than ordered may come",
        ),
        sa.Column("wake_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "reminded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was last told that its timer is late",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was received, closed or cancelled",
        ),
        sa.Column(
            "ended_from", sa.Text(), nullable=True, comment="the status that it had until it ended"
        ),
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
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_from IS NULL)", name=op.f("ck_purchase_order_ended")
        ),
        sa.CheckConstraint(
            "over_receipt_percent BETWEEN 0 AND 100",
            name=op.f("ck_purchase_order_over_receipt_percent"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_purchase_order_merchant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_purchase_order_merchant_number")),
    )
    op.create_table(
        "stock_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("covers", sa.Text(), server_default="shelf_and_hands", nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "covers IN ('shelf', 'shelf_and_hands')", name=op.f("ck_stock_count_covers")
        ),
        sa.ForeignKeyConstraint(
            ["location"], ["location.id"], name=op.f("fk_stock_count_location")
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_stock_count_merchant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_stock_count_merchant_number")),
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("destination", sa.String(length=63), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was received, closed or cancelled",
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'in_transit', 'received', 'closed', 'cancelled')",
            name=op.f("ck_transfer_status"),
        ),
        sa.CheckConstraint("source <> destination", name=op.f("ck_transfer_two_places")),
        sa.ForeignKeyConstraint(
            ["destination"], ["location.id"], name=op.f("fk_transfer_destination")
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_transfer_merchant")),
        sa.ForeignKeyConstraint(["source"], ["location.id"], name=op.f("fk_transfer_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_transfer_merchant_number")),
    )
    op.create_table(
        "container",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_container_location")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_container_merchant")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_container_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container")),
        comment="Where an order's staged units are; its label is free again when it is empty.",
    )
    op.create_index(op.f("ix_container_order_id"), "container", ["order_id"], unique=False)
    op.create_index(
        "uq_container_label",
        "container",
        ["location", "label"],
        unique=True,
        postgresql_where=sa.text("emptied_at IS NULL"),
    )
    op.create_table(
        "customer_return",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was received, closed or cancelled",
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('announced', 'received', 'closed')", name=op.f("ck_customer_return_status")
        ),
        sa.ForeignKeyConstraint(
            ["location"], ["location.id"], name=op.f("fk_customer_return_location")
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_customer_return_merchant")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_customer_return_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_return")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_customer_return_merchant_number")),
    )
    op.create_index(
        op.f("ix_customer_return_order_id"), "customer_return", ["order_id"], unique=False
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
            "contact", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "address", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "packer_note",
            sa.Text(),
            nullable=True,
            comment="for who packs it; not for the customer",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_customer_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_customer")),
        comment="Personal data, apart from all else: erase a row and the order still stands.",
    )
    op.create_index(
        "ix_order_customer_address",
        "order_customer",
        [sa.literal_column("md5(lower(address::text))")],
        unique=False,
        postgresql_where=sa.text("address <> '{}'::jsonb"),
    )
    op.create_index(
        "ix_order_customer_head",
        "order_customer",
        [sa.literal_column("lower(reference)").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_order_customer_reference"), "order_customer", ["reference"], unique=False
    )
    op.create_index(
        "ix_order_customer_tail",
        "order_customer",
        [sa.literal_column("reverse(lower(reference))").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_table(
        "order_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "sequence",
            sa.Integer(),
            nullable=False,
            comment="the place of its first happening in the order's history, from 1",
        ),
        sa.Column(
            "happenings",
            postgresql.JSONB(),
            nullable=False,
            comment="[[kind, facts], ...]: all that one transaction made of the order",
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_event_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
        sa.UniqueConstraint("order_id", "sequence", name=op.f("uq_order_event_order_id_sequence")),
    )
    op.create_table(
        "product_barcode",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column(
            "pack", sa.Text(), nullable=True, comment="the pack that it is on; null: one unit"
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_product_barcode_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("merchant", "code", name=op.f("pk_product_barcode")),
    )
    op.create_index(
        op.f("ix_product_barcode_merchant_sku"),
        "product_barcode",
        ["merchant", "sku"],
        unique=False,
    )
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
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_ship_on", sa.Date(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "voids",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how often its dispatch was voided; the ledger tells its dispatches apart by it",
        ),
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
    op.create_index(
        "ix_shipment_tracking_head",
        "shipment",
        [sa.literal_column("lower(tracking)").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=sa.text("tracking IS NOT NULL"),
    )
    op.create_index(
        "ix_shipment_tracking_tail",
        "shipment",
        [sa.literal_column("reverse(lower(tracking))").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=sa.text("tracking IS NOT NULL"),
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
        sa.Column(
            "by_po_status",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a purchase order's change of status started what is owed",
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
        "stock_count_line",
        sa.Column("stock_count", sa.BigInteger(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("disposition", sa.Text(), server_default="sellable", nullable=False),
        sa.Column(
            "expected",
            sa.Integer(),
            nullable=False,
            comment="by the books, of what the count covers",
        ),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column(
            "in_hands",
            sa.Integer(),
            nullable=True,
            comment="not on the shelf; null where it was not asked",
        ),
        sa.CheckConstraint(
            "disposition IN ('sellable', 'damaged', 'quarantine')",
            name=op.f("ck_stock_count_line_disposition"),
        ),
        sa.CheckConstraint(
            "counted >= 0", name=op.f("ck_stock_count_line_counted_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_stock_count_line_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(
            ["stock_count"], ["stock_count.id"], name=op.f("fk_stock_count_line_stock_count")
        ),
        sa.PrimaryKeyConstraint(
            "stock_count", "sku", "disposition", name=op.f("pk_stock_count_line")
        ),
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
            "kind IN ('receipt', 'reversal', 'adjustment', 'count', 'transfer_out', 'transfer_in', 'return', 'dispatch', 'dispatch_void')",
            name=op.f("ck_stock_ledger_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('dispatch', 'transfer_out', 'reversal') OR units < 0",
            name=op.f("ck_stock_ledger_leaves"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('receipt', 'transfer_in', 'return', 'dispatch_void') OR units > 0",
            name=op.f("ck_stock_ledger_comes"),
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
        sa.Column(
            "document",
            sa.String(length=64),
            nullable=False,
            comment="the number of what announces it",
        ),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "over_received",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units that came beyond what was ordered; not part of received",
        ),
        sa.Column("closed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "outstanding",
            sa.Integer(),
            sa.Computed("ordered - received - closed", persisted=True),
            nullable=False,
            comment="units that are still to come",
        ),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column(
            "inbound", sa.Boolean(), nullable=False, comment="approved or later, and not ended"
        ),
        sa.Column(
            "overdue",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its date has passed, and all who waited for it were planned anew",
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
            "received >= 0 AND over_received >= 0 AND closed >= 0",
            name=op.f("ck_supply_nothing_is_negative"),
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
        "ix_supply_due",
        "supply",
        ["expected_on"],
        unique=False,
        postgresql_where=sa.text("inbound AND NOT overdue"),
    )
    op.create_index(
        op.f("ix_supply_merchant_sku"),
        "supply",
        ["merchant", "sku"],
        unique=False,
        postgresql_where=sa.text("inbound"),
    )
    op.create_index("ix_supply_queue", "supply", ["merchant", "sku"], unique=False)
    op.create_table(
        "container_line",
        sa.Column("container", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column(
            "staged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_container_line_units_is_positive")),
        sa.ForeignKeyConstraint(
            ["container"], ["container.id"], name=op.f("fk_container_line_container")
        ),
        sa.PrimaryKeyConstraint("container", "order_line", name=op.f("pk_container_line")),
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
        sa.Column("by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("channel", sa.Text(), server_default="pick", nullable=False),
        sa.Column("source_location", sa.String(length=63), nullable=True),
        sa.Column(
            "first_promise",
            postgresql.JSONB(),
            nullable=True,
            comment="slices of [units, date]; never changes",
        ),
        sa.Column(
            "promise",
            postgresql.JSONB(),
            nullable=True,
            comment="slices of [units, date] as they were last told",
        ),
        sa.Column("pack", sa.Text(), nullable=True),
        sa.Column("pack_units", sa.Integer(), nullable=True),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=True),
        sa.Column(
            "wanted_on", sa.Date(), nullable=True, comment="the day for which the customer wants it"
        ),
        sa.Column(
            "replaces_line",
            sa.Integer(),
            nullable=True,
            comment="the line of which units were shipped before",
        ),
        sa.Column(
            "replaces_shipment",
            sa.BigInteger(),
            nullable=True,
            comment="in which they were lost; null where they come back",
        ),
        sa.Column(
            "managed",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="whether the stock of its product was managed when it was asked for",
        ),
        sa.CheckConstraint(
            "channel IN ('pick', 'pickup', 'drop_ship')", name=op.f("ck_order_line_channel")
        ),
        sa.CheckConstraint(
            "cancelled + shipped <= ordered", name=op.f("ck_order_line_no_more_than_ordered")
        ),
        sa.CheckConstraint(
            "cancelled >= 0 AND shipped >= 0", name=op.f("ck_order_line_nothing_is_negative")
        ),
        sa.CheckConstraint("line > 0 AND ordered > 0", name=op.f("ck_order_line_positive")),
        sa.CheckConstraint(
            "replaces_shipment IS NULL OR replaces_line IS NOT NULL",
            name=op.f("ck_order_line_replaces_a_line"),
        ),
        sa.CheckConstraint(
            "unit_price_minor >= 0", name=op.f("ck_order_line_price_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_order_line_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_line_order_id")),
        sa.ForeignKeyConstraint(
            ["replaces_shipment"], ["shipment.id"], name=op.f("fk_order_line_replaces_shipment")
        ),
        sa.ForeignKeyConstraint(
            ["source_location"], ["location.id"], name=op.f("fk_order_line_source_location")
        ),
        sa.PrimaryKeyConstraint("order_id", "line", name=op.f("pk_order_line")),
    )
    op.create_index(
        "ix_order_line_replaces",
        "order_line",
        ["replaces_shipment"],
        unique=False,
        postgresql_where=sa.text("replaces_shipment IS NOT NULL"),
    )
    op.create_index(
        "ix_order_line_shipped",
        "order_line",
        ["merchant", "sku"],
        unique=False,
        postgresql_where=sa.text("shipped > 0"),
    )
    op.create_table(
        "package",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length_mm > 0 AND width_mm > 0 AND height_mm > 0",
            name=op.f("ck_package_dimensions_are_positive"),
        ),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_package_weight_is_positive")),
        sa.ForeignKeyConstraint(["shipment"], ["shipment.id"], name=op.f("fk_package_shipment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("shipment", "number", name=op.f("uq_package_shipment_number")),
    )
    op.create_index(op.f("ix_package_tracking"), "package", ["tracking"], unique=False)
    op.create_index(
        "ix_package_tracking_head",
        "package",
        [sa.literal_column("lower(tracking)").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=sa.text("tracking IS NOT NULL"),
    )
    op.create_index(
        "ix_package_tracking_tail",
        "package",
        [sa.literal_column("reverse(lower(tracking))").label("searched")],
        unique=False,
        postgresql_ops={"searched": "text_pattern_ops"},
        postgresql_where=sa.text("tracking IS NOT NULL"),
    )
    op.create_table(
        "payment_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True, comment="the provider's own"),
        sa.Column("cause", sa.Text(), nullable=False, comment="what made it, once for an order"),
        sa.Column(
            "recorded",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the shop told of it; else it was due, and asked of the provider",
        ),
        sa.Column(
            "withdrawn",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="it was due and is not any more; an older program takes it for one that failed",
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "asks",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="how often the provider was asked for it",
        ),
        sa.Column(
            "ask_after",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="not before; null: it was not asked for yet",
        ),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "NOT withdrawn OR status = 'failed'",
            name=op.f("ck_payment_entry_withdrawn_is_not_done"),
        ),
        sa.CheckConstraint(
            "kind IN ('invoice', 'authorise', 'capture', 'void', 'refund')",
            name=op.f("ck_payment_entry_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('due', 'done', 'failed')", name=op.f("ck_payment_entry_status")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_entry_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_payment_entry_merchant")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payment_entry_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment"], ["shipment.id"], name=op.f("fk_payment_entry_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_entry")),
        sa.UniqueConstraint(
            "order_id", "kind", "cause", name=op.f("uq_payment_entry_order_id_kind_cause")
        ),
        comment="The ledger of the payment axis: what is due is asked of the provider by its adapter.",
    )
    op.create_index(
        "ix_payment_entry_due",
        "payment_entry",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index(op.f("ix_payment_entry_order_id"), "payment_entry", ["order_id"], unique=False)
    op.create_index(
        "ix_payment_entry_to_ask",
        "payment_entry",
        [sa.literal_column("ask_after NULLS FIRST"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index(
        "uq_payment_entry_reference",
        "payment_entry",
        ["order_id", "kind", "reference"],
        unique=True,
        postgresql_where=sa.text("status = 'done' AND reference IS NOT NULL"),
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("purchase_order", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column(
            "pack", sa.Text(), nullable=True, comment="in which it was ordered; null: base units"
        ),
        sa.Column(
            "pack_units",
            sa.Integer(),
            nullable=True,
            comment="base units in one of them when it was ordered",
        ),
        sa.CheckConstraint(
            "(pack IS NULL) = (pack_units IS NULL) AND pack_units > 0",
            name=op.f("ck_purchase_order_line_pack"),
        ),
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
        "restock",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_restock_merchant")),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_restock_supply")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restock")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_restock_merchant_number")),
        sa.UniqueConstraint("supply", name=op.f("uq_restock_supply")),
        comment="Stock that is announced with a date and a quantity, without a purchase order.",
    )
    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("shipment", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('short_pick', 'count', 'put_back')", name=op.f("ck_task_kind")
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_task_location")),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_task_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_task_merchant")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_task_order_id")),
        sa.ForeignKeyConstraint(["shipment"], ["shipment.id"], name=op.f("fk_task_shipment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_open",
        "task",
        ["merchant", "location", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "transfer_line",
        sa.Column("transfer", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_transfer_line_supply")),
        sa.ForeignKeyConstraint(
            ["transfer"], ["transfer.id"], name=op.f("fk_transfer_line_transfer")
        ),
        sa.PrimaryKeyConstraint("transfer", "line", name=op.f("pk_transfer_line")),
        sa.UniqueConstraint("supply", name=op.f("uq_transfer_line_supply")),
    )
    op.create_table(
        "late_pin",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_late_pin_units_is_positive")),
        sa.ForeignKeyConstraint(
            ["order_id", "line"],
            ["order_line.order_id", "order_line.line"],
            name=op.f("fk_late_pin_order_id_line"),
        ),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_late_pin_supply")),
        sa.PrimaryKeyConstraint("order_id", "line", "supply", name=op.f("pk_late_pin")),
        comment="Pins on supply that nobody can be pegged on now, since it has no date ahead.",
    )
    op.create_index(op.f("ix_late_pin_supply"), "late_pin", ["supply"], unique=False)
    op.create_table(
        "package_line",
        sa.Column("package", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_package_line_units_is_positive")),
        sa.ForeignKeyConstraint(["package"], ["package.id"], name=op.f("fk_package_line_package")),
        sa.PrimaryKeyConstraint("package", "order_line", name=op.f("pk_package_line")),
    )
    op.create_table(
        "pick_list_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pick_list", sa.BigInteger(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column(
            "units", sa.Integer(), nullable=False, comment="to be picked: not staged already"
        ),
        sa.Column("picked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("short", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("to_stage", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "picked + short <= units", name=op.f("ck_pick_list_line_no_more_than_asked")
        ),
        sa.CheckConstraint(
            "units > 0 AND picked >= 0 AND short >= 0",
            name=op.f("ck_pick_list_line_nothing_is_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant", "sku"],
            ["product.merchant", "product.sku"],
            name=op.f("fk_pick_list_line_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "order_line"],
            ["order_line.order_id", "order_line.line"],
            name=op.f("fk_pick_list_line_order_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["pick_list"], ["pick_list.id"], name=op.f("fk_pick_list_line_pick_list")
        ),
        sa.ForeignKeyConstraint(
            ["shipment"], ["shipment.id"], name=op.f("fk_pick_list_line_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_list_line")),
        sa.UniqueConstraint(
            "pick_list",
            "shipment",
            "order_line",
            name=op.f("uq_pick_list_line_pick_list_shipment_order_line"),
        ),
    )
    op.create_index(
        op.f("ix_pick_list_line_shipment"), "pick_list_line", ["shipment"], unique=False
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("purchase_order", sa.BigInteger(), nullable=True),
        sa.Column("transfer", sa.BigInteger(), nullable=True),
        sa.Column("customer_return", sa.BigInteger(), nullable=True),
        sa.Column("restock", sa.BigInteger(), nullable=True),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=True,
            comment="why what was given up was counted after all",
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.Text(), nullable=True),
        sa.Column("reversal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(purchase_order, transfer, customer_return, restock) = 1",
            name=op.f("ck_receipt_one_document"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_return"], ["customer_return.id"], name=op.f("fk_receipt_customer_return")
        ),
        sa.ForeignKeyConstraint(["location"], ["location.id"], name=op.f("fk_receipt_location")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_receipt_merchant")),
        sa.ForeignKeyConstraint(
            ["purchase_order"], ["purchase_order.id"], name=op.f("fk_receipt_purchase_order")
        ),
        sa.ForeignKeyConstraint(["restock"], ["restock.id"], name=op.f("fk_receipt_restock")),
        sa.ForeignKeyConstraint(["transfer"], ["transfer.id"], name=op.f("fk_receipt_transfer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("merchant", "number", name=op.f("uq_receipt_merchant_number")),
    )
    op.create_index(
        op.f("ix_receipt_customer_return"), "receipt", ["customer_return"], unique=False
    )
    op.create_index(op.f("ix_receipt_purchase_order"), "receipt", ["purchase_order"], unique=False)
    op.create_index(op.f("ix_receipt_restock"), "receipt", ["restock"], unique=False)
    op.create_index(op.f("ix_receipt_transfer"), "receipt", ["transfer"], unique=False)
    op.create_table(
        "return_line",
        sa.Column("customer_return", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("order_line", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(order_id IS NULL) = (order_line IS NULL)",
            name=op.f("ck_return_line_line_of_an_order"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_return"], ["customer_return.id"], name=op.f("fk_return_line_customer_return")
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "order_line"],
            ["order_line.order_id", "order_line.line"],
            name=op.f("fk_return_line_order_id_order_line"),
        ),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_return_line_supply")),
        sa.PrimaryKeyConstraint("customer_return", "line", name=op.f("pk_return_line")),
        sa.UniqueConstraint("supply", name=op.f("uq_return_line_supply")),
    )
    op.create_table(
        "shipment_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column(
            "drop_shipped",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its units went from the supplier, and left nobody's stock level",
        ),
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
        sa.Column(
            "drop_ship",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the supplier's own units: they are on nobody's stock level",
        ),
        sa.Column(
            "pinned",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units that came for this very line: who ranks earlier does not take them",
        ),
        sa.CheckConstraint(
            "picked + staged <= units", name=op.f("ck_allocation_in_hands_is_allocated")
        ),
        sa.CheckConstraint(
            "pinned BETWEEN 0 AND units", name=op.f("ck_allocation_pinned_is_allocated")
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
        "cross_dock",
        sa.Column("receipt", sa.BigInteger(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_cross_dock_units_is_positive")),
        sa.ForeignKeyConstraint(["receipt"], ["receipt.id"], name=op.f("fk_cross_dock_receipt")),
        sa.ForeignKeyConstraint(["shipment"], ["shipment.id"], name=op.f("fk_cross_dock_shipment")),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_cross_dock_supply")),
        sa.PrimaryKeyConstraint("receipt", "supply", "shipment", name=op.f("pk_cross_dock")),
        comment="Received units that went straight to a released shipment, and not to the shelf.",
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
        sa.Column(
            "pegged",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units of wanted that are tied to inbound supply",
        ),
        sa.Column(
            "counts_from",
            sa.Text(),
            nullable=True,
            comment="of a released line: from which status of a purchase order its pegs count",
        ),
        sa.Column(
            "stale",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its pegs were changed with many others, and it was not planned since",
        ),
        sa.CheckConstraint(
            "gate IN ('first', 'open', 'conditional', 'closed', 'by_hand')",
            name=op.f("ck_open_demand_gate"),
        ),
        sa.CheckConstraint(
            "pegged BETWEEN 0 AND wanted", name=op.f("ck_open_demand_pegged_is_wanted")
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
        "ix_open_demand_stale",
        "open_demand",
        ["merchant", "sku", "priority", "placed_at", "intake_seq"],
        unique=False,
        postgresql_where=sa.text("stale"),
    )
    op.create_index(
        "ix_open_demand_unpegged",
        "open_demand",
        ["merchant", "sku", "gate", "lock_location", "priority", "placed_at", "intake_seq"],
        unique=False,
        postgresql_where=sa.text("wanted > pegged"),
    )
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
    op.create_table(
        "receipt_line",
        sa.Column("receipt", sa.BigInteger(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("disposition", sa.Text(), server_default="sellable", nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column(
            "found",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="of its units, those that had been given up and came after all",
        ),
        sa.Column(
            "undistributed",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units of which it is not known yet whether they go to a shipment or to the shelf",
        ),
        sa.CheckConstraint(
            "disposition IN ('sellable', 'damaged', 'quarantine', 'scrapped')",
            name=op.f("ck_receipt_line_disposition"),
        ),
        sa.CheckConstraint("found BETWEEN 0 AND units", name=op.f("ck_receipt_line_found")),
        sa.CheckConstraint(
            "undistributed BETWEEN 0 AND units", name=op.f("ck_receipt_line_undistributed")
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_receipt_line_units_is_positive")),
        sa.ForeignKeyConstraint(["receipt"], ["receipt.id"], name=op.f("fk_receipt_line_receipt")),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_receipt_line_supply")),
        sa.PrimaryKeyConstraint("receipt", "supply", "disposition", name=op.f("pk_receipt_line")),
    )
    op.create_index(
        "ix_receipt_line_undistributed",
        "receipt_line",
        ["supply"],
        unique=False,
        postgresql_where=sa.text("undistributed > 0"),
    )
    op.create_table(
        "served_order",
        sa.Column("receipt", sa.BigInteger(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_served_order_units_is_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_served_order_order_id")),
        sa.ForeignKeyConstraint(["receipt"], ["receipt.id"], name=op.f("fk_served_order_receipt")),
        sa.ForeignKeyConstraint(["supply"], ["supply.id"], name=op.f("fk_served_order_supply")),
        sa.PrimaryKeyConstraint("receipt", "supply", "order_id", name=op.f("pk_served_order")),
        comment="Received units that were given to an order when they were given out.",
    )
    op.create_index(op.f("ix_served_order_order_id"), "served_order", ["order_id"], unique=False)
    # ### end Alembic commands ###
    op.execute(INBOUND_SUPPLY)
    op.execute(SUPPLY_LINE)
    op.execute(HAPPENING)
    op.execute(REFUSE_CHANGE)
    for statement in LEDGER_TRIGGERS:
        op.execute(statement)
    op.execute(FIRST_EPOCH)


def downgrade() -> None:
    """Take everything away."""
    op.execute("DROP VIEW happening, supply_line, inbound_supply")
    op.drop_table("served_order")
    op.drop_table("receipt_line")
    op.drop_table("peg")
    op.drop_table("open_demand")
    op.drop_table("cross_dock")
    op.drop_table("allocation")
    op.drop_table("shipment_line")
    op.drop_table("return_line")
    op.drop_table("receipt")
    op.drop_table("pick_list_line")
    op.drop_table("package_line")
    op.drop_table("late_pin")
    op.drop_table("transfer_line")
    op.drop_table("task")
    op.drop_table("restock")
    op.drop_table("purchase_order_line")
    op.drop_table("payment_entry")
    op.drop_table("package")
    op.drop_table("order_line")
    op.drop_table("container_line")
    op.drop_table("supply")
    op.drop_table("stock_level")
    op.drop_table("stock_ledger")
    op.drop_table("stock_count_line")
    op.drop_table("sku_queue")
    op.drop_table("shipment")
    op.drop_table("product_barcode")
    op.drop_table("order_event")
    op.drop_table("order_customer")
    op.drop_table("customer_return")
    op.drop_table("container")
    op.drop_table("transfer")
    op.drop_table("stock_count")
    op.drop_table("purchase_order")
    op.drop_table("product")
    op.drop_table("pick_list")
    op.drop_table("orders")
    op.drop_table("merchant_location")
    op.drop_table("location_closure")
    op.drop_table("letterhead")
    op.drop_table("api_key")
    op.drop_table("supported_revision")
    op.drop_table("started_order")
    op.drop_table("setting_change")
    op.drop_table("setting")
    op.drop_table("outbox")
    op.drop_table("merchant")
    op.drop_table("location")
    op.drop_table("epoch")
    op.drop_table("command")
    op.execute("DROP FUNCTION refuse_ledger_change()")
