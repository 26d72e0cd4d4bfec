"""What is kept of audits, and the indexes by which they find what came since."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of what is proven, and the indexes."""
    op.create_table(
        "ledger_checkpoint",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("sku", sa.String(length=63), nullable=False),
        sa.Column("location", sa.String(length=63), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "merchant", "sku", "location", "disposition", name=op.f("pk_ledger_checkpoint")
        ),
        comment="Sums of the ledger up to the id in proven_past.",
    )
    op.create_table(
        "proven_past",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("ledger", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.BigInteger(), nullable=False),
        sa.Column("supply", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_proven_past_one_row")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_proven_past")),
        comment=("Up to which ids the past was found right; what came later is audited anew."),
    )
    op.drop_index("ix_orders_unfinished", table_name="orders")
    op.create_index(
        "ix_orders_unfinished",
        "orders",
        ["merchant", "priority", "placed_at", "intake_seq"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_payment_entry_failed",
        "payment_entry",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.drop_index("ix_supply_queue", table_name="supply")
    op.create_index("ix_supply_queue", "supply", ["merchant", "sku", "id"], unique=False)
    op.create_index(
        "ix_orders_on_hold",
        "orders",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL AND cardinality(holds) > 0"),
    )
    op.create_index("ix_orders_placed", "orders", ["merchant", "placed_at", "id"], unique=False)
    op.create_index(op.f("ix_receipt_line_supply"), "receipt_line", ["supply"], unique=False)
    op.create_index(
        "ix_receipt_reversed",
        "receipt",
        ["reversed_at"],
        unique=False,
        postgresql_where=sa.text("reversed_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_orders_placed", table_name="orders")
    op.drop_index("ix_orders_on_hold", table_name="orders")
    op.drop_index("ix_supply_queue", table_name="supply")
    op.create_index("ix_supply_queue", "supply", ["merchant", "sku"], unique=False)
    op.drop_index("ix_payment_entry_failed", table_name="payment_entry")
    op.drop_index("ix_orders_unfinished", table_name="orders")
    op.create_index(
        "ix_orders_unfinished",
        "orders",
        ["merchant", "id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index("ix_receipt_reversed", table_name="receipt")
    op.drop_index(op.f("ix_receipt_line_supply"), table_name="receipt_line")
    op.drop_table("proven_past")
    op.drop_table("ledger_checkpoint")
