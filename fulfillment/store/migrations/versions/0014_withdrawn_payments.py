"""Entries of the payment ledger that were due and are not any more."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
breaks_older = False


def upgrade() -> None:
    """Add a column; to older programs what is withdrawn is an entry that failed."""
    op.add_column(
        "payment_entry",
        sa.Column(
            "withdrawn",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="it was due and is not any more; an older program takes it for one that failed",
        ),
    )
    op.create_check_constraint(
        "withdrawn_is_not_done", "payment_entry", "NOT withdrawn OR status = 'failed'"
    )


def downgrade() -> None:
    """Take it away again; what was withdrawn has failed then."""
    op.drop_constraint(
        op.f("ck_payment_entry_withdrawn_is_not_done"), "payment_entry", type_="check"
    )
    op.drop_column("payment_entry", "withdrawn")
