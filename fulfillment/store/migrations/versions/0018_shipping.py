"""How and until when an order is to be delivered, and what its packer should know."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
breaks_older = False


def upgrade() -> None:
    """Add columns; no row is written anew."""
    op.add_column("orders", sa.Column("shipping_method", sa.Text()))
    op.add_column("orders", sa.Column("deliver_by", sa.Date()))
    op.add_column(
        "orders",
        sa.Column(
            "transit_days",
            sa.SmallInteger(),
            comment="of its shipping method when that was told; null: nobody knows",
        ),
    )
    op.add_column(
        "order_customer",
        sa.Column("packer_note", sa.Text(), comment="for who packs it; not for the customer"),
    )
    op.add_column(
        "order_line",
        sa.Column("wanted_on", sa.Date(), comment="the day for which the customer wants it"),
    )
    op.add_column(
        "merchant",
        sa.Column(
            "shipping_methods",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
            comment="days under way, by the name of the method",
        ),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("merchant", "shipping_methods")
    op.drop_column("order_line", "wanted_on")
    op.drop_column("order_customer", "packer_note")
    for name in ("transit_days", "deliver_by", "shipping_method"):
        op.drop_column("orders", name)
