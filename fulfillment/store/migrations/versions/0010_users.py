"""Users and their sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add who may sign in, and who is signed in."""
    op.create_table(
        "app_user",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False, comment="as histories name the user"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "merchants",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="null: every merchant",
        ),
        sa.Column(
            "locations",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="null: every location",
        ),
        sa.Column(
            "password_hash", sa.Text(), nullable=False, comment="argon2id, with its parameters"
        ),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('intake', 'warehouse', 'purchasing', 'admin')",
            name=op.f("ck_app_user_role"),
        ),
        sa.CheckConstraint(
            "merchants IS NULL OR cardinality(merchants) > 0",
            name=op.f("ck_app_user_merchants"),
        ),
        sa.CheckConstraint(
            "locations IS NULL OR cardinality(locations) > 0",
            name=op.f("ck_app_user_locations"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_app_user")),
    )
    op.create_table(
        "user_session",
        sa.Column(
            "secret_hash", sa.LargeBinary(), nullable=False, comment="of what is in the cookie"
        ),
        sa.Column("user_name", sa.String(length=63), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="to the minute"),
        sa.ForeignKeyConstraint(
            ["user_name"], ["app_user.name"], name=op.f("fk_user_session_user_name")
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_user_session")),
    )
    op.create_index("ix_user_session_user_name", "user_session", ["user_name"], unique=False)


def downgrade() -> None:
    """Take them away; whoever signed in has a key, or asks who has."""
    op.drop_index("ix_user_session_user_name", table_name="user_session")
    op.drop_table("user_session")
    op.drop_table("app_user")
