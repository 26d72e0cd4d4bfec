"""Starts that are paced by what is claimed, and orders that have not claimed yet."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
breaks_older = False


def upgrade() -> None:
    """Add a table, a computed column and two indexes; nothing is filled."""
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
    op.add_column(
        "outbox",
        sa.Column(
            "priority",
            sa.SmallInteger(),
            sa.Computed("coalesce((payload ->> 'priority')::smallint, 0)", persisted=True),
            nullable=False,
            comment="of the order to be started: among a merchant's starts lower ones go first",
        ),
    )
    op.create_index("ix_outbox_turn", "outbox", ["merchant", "lane", "priority", "id"])
    op.create_index(
        "ix_orders_unclaimed",
        "orders",
        ["merchant", "created_at"],
        postgresql_where=sa.text("NOT first_claimed AND finished_at IS NULL"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_orders_unclaimed", table_name="orders")
    op.drop_index("ix_outbox_turn", table_name="outbox")
    op.drop_column("outbox", "priority")
    op.drop_table("started_order")
