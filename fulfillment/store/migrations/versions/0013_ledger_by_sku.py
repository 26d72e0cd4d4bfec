"""The ledger of one SKU is read from its newest movement, however many of others are newer."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Without it the planner walks back over the movements of all SKUs, if it guesses wrong."""
    op.create_index("ix_stock_ledger_merchant_sku_id", "stock_ledger", ["merchant", "sku", "id"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_stock_ledger_merchant_sku_id", table_name="stock_ledger")
