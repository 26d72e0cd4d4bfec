"""Secrets that must be read again, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "secret",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column(
            "merchant",
            sa.String(length=63),
            nullable=True,
            comment="null: the installation's own",
        ),
        sa.Column("purpose", sa.Text(), nullable=False, comment="what it is for, such as webhook"),
        sa.Column("name", sa.Text(), nullable=False, comment="among those of its purpose"),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="fingerprint of the key that it is sealed under",
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="never plain"),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_secret_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret")),
        sa.UniqueConstraint(
            "merchant",
            "purpose",
            "name",
            name=op.f("uq_secret_merchant_purpose_name"),
            postgresql_nulls_not_distinct=True,
        ),
        comment="Secrets that must be read again, sealed.",
    )
    op.create_index(op.f("ix_secret_key_id"), "secret", ["key", "id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("secret")
