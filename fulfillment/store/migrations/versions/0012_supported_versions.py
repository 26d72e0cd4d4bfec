"""Which versions of the program may work with the tables as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table; each migration from this one on fills it (see `migrations.supported`)."""
    op.create_table(
        "supported_revision",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_supported_revision")),
        comment="Newest revisions known to programs that may work with the tables as they are.",
    )


def downgrade() -> None:
    """Drop it: a program of before asks for its own revision and nothing else."""
    op.drop_table("supported_revision")
