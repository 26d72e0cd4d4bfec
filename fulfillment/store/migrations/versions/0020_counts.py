"""What a count covers: the shelf, or the shelf and hands."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
breaks_older = False


def upgrade() -> None:
    """Add two columns; counts until now, and those of older programs, cover hands too."""
    op.add_column(
        "stock_count",
        sa.Column("covers", sa.Text(), server_default="shelf_and_hands", nullable=False),
    )
    op.create_check_constraint("covers", "stock_count", "covers IN ('shelf', 'shelf_and_hands')")
    op.add_column(
        "stock_count_line",
        sa.Column(
            "in_hands",
            sa.Integer(),
            nullable=True,
            comment="not on the shelf; null where it was not asked",
        ),
    )
    op.alter_column(
        "stock_count_line",
        "expected",
        existing_type=sa.Integer(),
        existing_nullable=False,
        existing_comment="on hand by the books",
        comment="by the books, of what the count covers",
    )


def downgrade() -> None:
    """Take them away again; what was counted is in the ledger."""
    op.alter_column(
        "stock_count_line",
        "expected",
        existing_type=sa.Integer(),
        existing_nullable=False,
        existing_comment="by the books, of what the count covers",
        comment="on hand by the books",
    )
    op.drop_column("stock_count_line", "in_hands")
    op.drop_constraint(op.f("ck_stock_count_covers"), "stock_count", type_="check")
    op.drop_column("stock_count", "covers")
