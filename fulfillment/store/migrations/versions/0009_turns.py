"""Sums that outgrow 32 bits, and orders whose first claim is to come found in their turn."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LEVELS = ("on_hand", "allocated", "picked", "staged")


def upgrade() -> None:
    """Widen what is a sum of accepted numbers, and add the index of the unclaimed."""
    for column in LEVELS:
        op.alter_column("stock_level", column, type_=sa.BigInteger())
    op.alter_column("orders", "waiting_units", type_=sa.BigInteger())
    op.create_index(
        "ix_orders_unclaimed",
        "orders",
        ["merchant", "priority", "placed_at", "intake_seq"],
        postgresql_where=sa.text("NOT first_claimed AND finished_at IS NULL"),
    )


def downgrade() -> None:
    """Take the index away, and narrow the sums again."""
    op.drop_index("ix_orders_unclaimed", table_name="orders")
    op.alter_column("orders", "waiting_units", type_=sa.Integer())
    for column in LEVELS:
        op.alter_column("stock_level", column, type_=sa.Integer())
