"""Views of the lists of orders, saved under a name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; older programs know of none."""
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("owner", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "asked",
            postgresql.JSONB(),
            nullable=False,
            comment="what its address asks for, by name",
        ),
        sa.Column("shared", sa.Boolean(), nullable=False, comment="with all who see the merchant"),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 60", name=op.f("ck_saved_view_name")),
        sa.CheckConstraint("jsonb_typeof(asked) = 'object'", name=op.f("ck_saved_view_asked")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_saved_view_merchant")),
        sa.ForeignKeyConstraint(["owner"], ["app_user.name"], name=op.f("fk_saved_view_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        comment="Views of the lists of orders; it names orders by what they are like, never which.",
    )
    op.create_index(
        "uq_saved_view_owner",
        "saved_view",
        ["merchant", "owner", sa.text("lower(name)")],
        unique=True,
    )
    op.create_index(
        "uq_saved_view_shared",
        "saved_view",
        ["merchant", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("shared"),
    )


def downgrade() -> None:
    """Take them away; the lists that are built in stay."""
    op.drop_table("saved_view")
