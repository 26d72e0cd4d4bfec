"""Finished orders are listed by their dates without sorting all that ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DATES = {
    "ready_since": "coalesce(ready_since, TIMESTAMPTZ '9999-12-31 00:00Z')",
    "ship_by": (
        "coalesce(least(ship_by, deliver_by - coalesce(transit_days, 0)), DATE '9999-12-31')"
    ),
    "target_ship_on": "coalesce(target_ship_on, DATE '9999-12-31')",
}


def upgrade() -> None:
    """One index for each; an order is written to them once, when it ends."""
    for name, expression in DATES.items():
        op.create_index(
            f"ix_orders_finished_by_{name}",
            "orders",
            ["merchant", sa.text(expression), "id"],
            postgresql_where=sa.text("finished_at IS NOT NULL"),
        )


def downgrade() -> None:
    """As it was."""
    for name in DATES:
        op.drop_index(f"ix_orders_finished_by_{name}", table_name="orders")
