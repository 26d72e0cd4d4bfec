"""Pins that wait for late supply, and when a purchase order was last told that it is late."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table and a column; nothing is filled: the pins of before are gone."""
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
    op.create_index(op.f("ix_late_pin_supply"), "late_pin", ["supply"])
    op.add_column(
        "purchase_order",
        sa.Column(
            "reminded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was last told that its timer is late",
        ),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("purchase_order", "reminded_at")
    op.drop_table("late_pin")
