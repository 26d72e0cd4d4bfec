"""A key of the API is for a set of merchants.

`merchant` stays for programs that know one alone: to them such a key is for the first of its
merchants, never for all of them. What they write is still read.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name the set beside the one."""
    op.add_column(
        "api_key",
        sa.Column(
            "merchants",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="null: that one, or every merchant",
        ),
    )
    op.execute("UPDATE api_key SET merchants = ARRAY[merchant] WHERE merchant IS NOT NULL")
    op.create_check_constraint(
        op.f("ck_api_key_merchants"),
        "api_key",
        "merchants IS NULL OR (merchant = ANY (merchants)) IS TRUE",
    )
    op.alter_column(
        "api_key",
        "merchant",
        existing_type=sa.String(length=63),
        comment="the first of them, for older programs",
        existing_comment="null: every merchant",
    )


def downgrade() -> None:
    """Keep the first of them."""
    op.alter_column(
        "api_key",
        "merchant",
        existing_type=sa.String(length=63),
        comment="null: every merchant",
        existing_comment="the first of them, for older programs",
    )
    op.drop_constraint(op.f("ck_api_key_merchants"), "api_key", type_="check")
    op.drop_column("api_key", "merchants")
