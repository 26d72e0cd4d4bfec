"""Indexes that nobody reads by, or that hold what nobody looks for.

Revision ID: 0003
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is delivered is found by merchant; a label by how it begins or ends."""
    op.drop_index("ix_outbox_lane_due_at", table_name="outbox")
    op.create_index("ix_outbox_restarts", "outbox", ["id"], postgresql_where=sa.text("lane = 3"))
    op.drop_index("ix_package_tracking", table_name="package")
    op.drop_index("ix_order_customer_reference", table_name="order_customer")
    op.create_index(
        "ix_order_customer_reference",
        "order_customer",
        ["reference"],
        postgresql_where=sa.text("reference IS NOT NULL"),
    )


def downgrade() -> None:
    """As they were."""
    op.drop_index("ix_order_customer_reference", table_name="order_customer")
    op.create_index("ix_order_customer_reference", "order_customer", ["reference"])
    op.create_index("ix_package_tracking", "package", ["tracking"])
    op.drop_index("ix_outbox_restarts", table_name="outbox")
    op.create_index("ix_outbox_lane_due_at", "outbox", ["lane", "due_at"])
