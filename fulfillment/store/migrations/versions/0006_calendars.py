"""Changes of calendars are counted, so that what one left to do is seen and done."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "location",
        sa.Column(
            "calendar_revision",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how often its calendar was changed",
        ),
    )
    op.add_column(
        "location",
        sa.Column(
            "renewed_revision",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="up to which of these changes the target days of what is ready were made anew",
        ),
    )


def downgrade() -> None:
    op.drop_column("location", "renewed_revision")
    op.drop_column("location", "calendar_revision")
