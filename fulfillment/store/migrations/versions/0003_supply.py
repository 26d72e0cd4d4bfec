"""Supply: transfers, returns, counts, reversed receipts, what went straight to a shipment."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


LEDGER_KINDS = (
    "kind IN ('receipt', 'reversal', 'adjustment', 'count', 'transfer_out', 'transfer_in',"
    " 'return', 'dispatch')"
)

CHECKS = (
    ("allocation", "pinned_is_allocated", "pinned BETWEEN 0 AND units"),
    ("purchase_order", "over_receipt_percent", "over_receipt_percent BETWEEN 0 AND 100"),
    ("receipt", "one_document", "num_nonnulls(purchase_order, transfer, customer_return) = 1"),
    ("receipt_line", "undistributed", "undistributed BETWEEN 0 AND units"),
    (
        "receipt_line",
        "disposition",
        "disposition IN ('sellable', 'damaged', 'quarantine', 'scrapped')",
    ),
    (
        "stock_ledger",
        "kind",
        LEDGER_KINDS,
    ),
    (
        "stock_ledger",
        "leaves",
        "kind NOT IN ('dispatch', 'transfer_out', 'reversal') OR units < 0",
    ),
    ("stock_ledger", "comes", "kind NOT IN ('receipt', 'transfer_in', 'return') OR units > 0"),
    (
        "supply",
        "nothing_is_negative",
        "received >= 0 AND over_received >= 0 AND closed >= 0",
    ),
)


def upgrade() -> None:
    op.create_table(
        "stock_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
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
        "customer_return",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
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
        "stock_count_line",
        sa.Column("stock_count", sa.BigInteger(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("disposition", sa.Text(), server_default="sellable", nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False, comment="on hand by the books"),
        sa.Column("counted", sa.Integer(), nullable=False),
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
    op.add_column(
        "allocation",
        sa.Column(
            "pinned",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units that came for this very line: who ranks earlier does not take them",
        ),
    )
    op.add_column(
        "purchase_order",
        sa.Column(
            "over_receipt_percent",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how much more of a line than ordered may come",
        ),
    )
    op.add_column("receipt", sa.Column("transfer", sa.BigInteger(), nullable=True))
    op.add_column("receipt", sa.Column("customer_return", sa.BigInteger(), nullable=True))
    op.add_column(
        "receipt",
        sa.Column(
            "status_before",
            sa.Text(),
            server_default="approved",
            nullable=False,
            comment="of its document, until it was counted",
        ),
    )
    op.add_column("receipt", sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("receipt", sa.Column("reversed_by", sa.Text(), nullable=True))
    op.add_column("receipt", sa.Column("reversal_reason", sa.Text(), nullable=True))
    op.alter_column("receipt", "purchase_order", existing_type=sa.BIGINT(), nullable=True)
    op.create_index(
        op.f("ix_receipt_customer_return"), "receipt", ["customer_return"], unique=False
    )
    op.create_index(op.f("ix_receipt_transfer"), "receipt", ["transfer"], unique=False)
    op.create_foreign_key(
        op.f("fk_receipt_customer_return"),
        "receipt",
        "customer_return",
        ["customer_return"],
        ["id"],
    )
    op.create_foreign_key(op.f("fk_receipt_transfer"), "receipt", "transfer", ["transfer"], ["id"])
    op.add_column(
        "receipt_line",
        sa.Column("disposition", sa.Text(), server_default="sellable", nullable=False),
    )
    op.add_column(
        "receipt_line",
        sa.Column(
            "undistributed",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units of which it is not known yet whether they go to a shipment or to the shelf",
        ),
    )
    op.create_index(
        "ix_receipt_line_undistributed",
        "receipt_line",
        ["supply"],
        unique=False,
        postgresql_where=sa.text("undistributed > 0"),
    )
    op.add_column(
        "supply",
        sa.Column(
            "document",
            sa.String(length=64),
            server_default="",
            nullable=False,
            comment="the number of what announces it",
        ),
    )
    op.add_column(
        "supply",
        sa.Column(
            "over_received",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units that came beyond what was ordered; not part of received",
        ),
    )
    op.add_column(
        "supply",
        sa.Column(
            "overdue",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its date has passed, and all who waited for it were planned anew",
        ),
    )
    op.create_index(
        "ix_supply_due",
        "supply",
        ["expected_on"],
        unique=False,
        postgresql_where=sa.text("inbound AND NOT overdue"),
    )
    op.alter_column("receipt", "status_before", server_default=None)
    op.execute(
        "UPDATE supply u SET document = p.number FROM purchase_order_line l"
        " JOIN purchase_order p ON p.id = l.purchase_order WHERE l.supply = u.id"
    )
    op.execute("UPDATE supply u SET document = r.number FROM restock r WHERE r.supply = u.id")
    op.alter_column("supply", "document", server_default=None)
    op.drop_constraint(op.f("pk_receipt_line"), "receipt_line", type_="primary")
    op.create_primary_key(
        op.f("pk_receipt_line"), "receipt_line", ["receipt", "supply", "disposition"]
    )
    op.drop_constraint(op.f("ck_stock_ledger_kind"), "stock_ledger", type_="check")
    op.drop_constraint(op.f("ck_stock_ledger_dispatch_leaves"), "stock_ledger", type_="check")
    op.drop_constraint(op.f("ck_supply_nothing_is_negative"), "supply", type_="check")
    for table, name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def downgrade() -> None:
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(
        op.f("ck_supply_nothing_is_negative"), "supply", "received >= 0 AND closed >= 0"
    )
    op.create_check_constraint(
        op.f("ck_stock_ledger_dispatch_leaves"), "stock_ledger", "kind <> 'dispatch' OR units < 0"
    )
    op.create_check_constraint(
        op.f("ck_stock_ledger_kind"),
        "stock_ledger",
        "kind IN ('receipt', 'adjustment', 'dispatch')",
    )
    op.drop_constraint(op.f("pk_receipt_line"), "receipt_line", type_="primary")
    op.create_primary_key(op.f("pk_receipt_line"), "receipt_line", ["receipt", "supply"])
    op.drop_index(
        "ix_supply_due", table_name="supply", postgresql_where=sa.text("inbound AND NOT overdue")
    )
    op.drop_column("supply", "overdue")
    op.drop_column("supply", "over_received")
    op.drop_column("supply", "document")
    op.drop_index(
        "ix_receipt_line_undistributed",
        table_name="receipt_line",
        postgresql_where=sa.text("undistributed > 0"),
    )
    op.drop_column("receipt_line", "undistributed")
    op.drop_column("receipt_line", "disposition")
    op.drop_constraint(op.f("fk_receipt_transfer"), "receipt", type_="foreignkey")
    op.drop_constraint(op.f("fk_receipt_customer_return"), "receipt", type_="foreignkey")
    op.drop_index(op.f("ix_receipt_transfer"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_customer_return"), table_name="receipt")
    op.alter_column("receipt", "purchase_order", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("receipt", "reversal_reason")
    op.drop_column("receipt", "reversed_by")
    op.drop_column("receipt", "reversed_at")
    op.drop_column("receipt", "status_before")
    op.drop_column("receipt", "customer_return")
    op.drop_column("receipt", "transfer")
    op.drop_column("purchase_order", "over_receipt_percent")
    op.drop_column("allocation", "pinned")
    op.drop_table("cross_dock")
    op.drop_table("transfer_line")
    op.drop_table("return_line")
    op.drop_table("stock_count_line")
    op.drop_index(op.f("ix_customer_return_order_id"), table_name="customer_return")
    op.drop_table("customer_return")
    op.drop_table("transfer")
    op.drop_table("stock_count")
