"""Payments: how often the provider was asked for what is due, and when it is asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "payment_entry",
        sa.Column(
            "asks",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="how often the provider was asked for it",
        ),
    )
    op.add_column(
        "payment_entry",
        sa.Column(
            "ask_after",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="not before; null: it was not asked for yet",
        ),
    )
    op.create_index(
        "ix_payment_entry_to_ask",
        "payment_entry",
        [sa.literal_column("ask_after NULLS FIRST"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_payment_entry_to_ask",
        table_name="payment_entry",
        postgresql_where=sa.text("status = 'due'"),
    )
    op.drop_column("payment_entry", "ask_after")
    op.drop_column("payment_entry", "asks")
