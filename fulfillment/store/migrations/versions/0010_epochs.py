"""The epochs of the database: each time that it was made, or put back from a copy."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, with the epoch that begins now."""
    op.create_table(
        "epoch",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_epoch")),
        comment="Lives of this database: whoever knows an older one may know what was lost.",
    )
    op.execute(
        "INSERT INTO epoch (number, actor)"
        " VALUES (extract(epoch FROM clock_timestamp())::bigint, 'migrate')"
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("epoch")
