"""Every knob of the policy: gates, waves, promises, restocks and tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
breaks_older = True

GATES = "gate IN ('first', 'open', 'choosy', 'closed', 'by_hand')"
EARLIER_GATES = "gate IN ('first', 'open', 'by_hand', 'closed')"


def upgrade() -> None:
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
        sa.CheckConstraint("kind IN ('short_pick', 'count')", name=op.f("ck_task_kind")),
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
    op.add_column(
        "allocation",
        sa.Column(
            "drop_ship",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the supplier's own units: they are on nobody's stock level",
        ),
    )
    op.add_column(
        "merchant",
        sa.Column(
            "replan_due",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="settings changed: every open order has to be planned again",
        ),
    )
    op.drop_column("open_demand", "recheck_on")
    op.add_column(
        "order_line",
        sa.Column("by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "order_line", sa.Column("channel", sa.Text(), server_default="pick", nullable=False)
    )
    op.add_column("order_line", sa.Column("source_location", sa.String(length=63), nullable=True))
    op.add_column(
        "order_line",
        sa.Column(
            "first_promise",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="slices of [units, date]; never changes",
        ),
    )
    op.add_column(
        "order_line",
        sa.Column(
            "promise",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="slices of [units, date] as they were last told",
        ),
    )
    op.create_foreign_key(
        op.f("fk_order_line_source_location"), "order_line", "location", ["source_location"], ["id"]
    )
    op.add_column(
        "orders",
        sa.Column("prepared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "orders",
        sa.Column(
            "waves_granted",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="dispatches beyond max_shipments that a person's split allowed",
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "recheck_on",
            sa.Date(),
            nullable=True,
            comment="the day on which to look again, if nothing happens",
        ),
    )
    op.create_index(
        "ix_orders_recheck",
        "orders",
        ["recheck_on"],
        unique=False,
        postgresql_where=sa.text("recheck_on IS NOT NULL"),
    )
    op.add_column(
        "sku_queue",
        sa.Column(
            "by_po_status",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a purchase order's change of status started what is owed",
        ),
    )
    op.create_check_constraint(
        op.f("ck_order_line_channel"), "order_line", "channel IN ('pick', 'pickup', 'drop_ship')"
    )
    op.drop_constraint(op.f("ck_open_demand_gate"), "open_demand", type_="check")
    op.create_check_constraint(op.f("ck_open_demand_gate"), "open_demand", GATES)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_open_demand_gate"), "open_demand", type_="check")
    op.execute("UPDATE open_demand SET gate = 'open' WHERE gate = 'choosy'")
    op.create_check_constraint(op.f("ck_open_demand_gate"), "open_demand", EARLIER_GATES)
    op.drop_constraint(op.f("ck_order_line_channel"), "order_line", type_="check")
    op.drop_column("sku_queue", "by_po_status")
    op.drop_index(
        "ix_orders_recheck", table_name="orders", postgresql_where=sa.text("recheck_on IS NOT NULL")
    )
    op.drop_column("orders", "recheck_on")
    op.drop_column("orders", "waves_granted")
    op.drop_column("orders", "prepared")
    op.drop_constraint(op.f("fk_order_line_source_location"), "order_line", type_="foreignkey")
    op.drop_column("order_line", "promise")
    op.drop_column("order_line", "first_promise")
    op.drop_column("order_line", "source_location")
    op.drop_column("order_line", "channel")
    op.drop_column("order_line", "by_hand")
    op.add_column(
        "open_demand", sa.Column("recheck_on", sa.DATE(), autoincrement=False, nullable=True)
    )
    op.drop_column("merchant", "replan_due")
    op.drop_column("allocation", "drop_ship")
    op.drop_index("ix_task_open", table_name="task", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_table("task")
    op.drop_table("restock")
