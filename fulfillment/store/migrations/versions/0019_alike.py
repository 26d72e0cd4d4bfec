"""Orders of one address are found, to see whether one was sent twice."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
breaks_older = False


def upgrade() -> None:
    """Add an index over what an address says; an order without one is not in it."""
    op.create_index(
        "ix_order_customer_address",
        "order_customer",
        [sa.text("md5(lower(address::text))")],
        postgresql_where=sa.text("address <> '{}'::jsonb"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_order_customer_address", table_name="order_customer")
