"""A sum that outgrows 32 bits, and orders whose first claim is to come found in their turn."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen what is a sum of all lines of an order, and add the index of the unclaimed."""
    op.alter_column("orders", "waiting_units", type_=sa.BigInteger())
    op.create_index(
        "ix_orders_turn",
        "orders",
        ["merchant", "priority", "placed_at", "intake_seq"],
        postgresql_where=sa.text("NOT first_claimed AND finished_at IS NULL"),
    )


def downgrade() -> None:
    """Take the index away, and narrow the sum again."""
    op.drop_index("ix_orders_turn", table_name="orders")
    op.alter_column("orders", "waiting_units", type_=sa.Integer())
