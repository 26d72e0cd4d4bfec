"""Secrets that must be read again, sealed; endpoints of webhooks and what they are owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; webhooks read the feed from where it is now."""
    _secrets()
    _webhooks()
    op.execute("INSERT INTO feed_reader (name, place) SELECT 'webhooks', last FROM feed_mark")


def _secrets() -> None:
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


def _webhooks() -> None:
    op.create_table(
        "feed_reader",
        sa.Column("name", sa.Text(), nullable=False, comment="webhooks"),
        sa.Column(
            "place", sa.BigInteger(), nullable=False, comment="up to where it has read the feed"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feed_reader")),
        comment="Who in the house reads the feed, and how far; what they have not read is kept.",
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "topics",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="types of events, or order.* and the like",
        ),
        sa.Column(
            "locations",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="that it is told of; null: of every one",
        ),
        sa.Column("status", sa.Text(), server_default=sa.text("'on'"), nullable=False),
        sa.Column("off_reason", sa.Text(), nullable=True),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "after_place",
            sa.BigInteger(),
            nullable=False,
            comment="of the feed: told of what follows",
        ),
        sa.Column("secret_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "previous_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="until then the secret before signs too",
        ),
        sa.Column(
            "failing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="since then nothing got through",
        ),
        sa.Column("slowdowns", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "slow_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="it gets no call before",
        ),
        sa.Column(
            "served_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it last had its turn",
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'off') = (off_reason IS NOT NULL)", name=op.f("ck_webhook_endpoint_off")
        ),
        sa.CheckConstraint(
            "off_reason IN ('manual', 'gone', 'failing')",
            name=op.f("ck_webhook_endpoint_off_reason"),
        ),
        sa.CheckConstraint("status IN ('on', 'off')", name=op.f("ck_webhook_endpoint_status")),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_webhook_endpoint_merchant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(
        op.f("ix_webhook_endpoint_merchant_id"),
        "webhook_endpoint",
        ["merchant", "id"],
        unique=False,
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("endpoint", sa.BigInteger(), nullable=False),
        sa.Column(
            "event", sa.Uuid(), nullable=False, comment="its id, the same with every attempt"
        ),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="as it is posted; no customer data"),
        sa.Column("status", sa.Text(), server_default=sa.text("'due'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="not before; while leased, the lease's end",
        ),
        sa.Column(
            "leased_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="somebody is at it until then",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "done_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was taken, or given up",
        ),
        sa.CheckConstraint(
            "(status = 'due') = (done_at IS NULL)", name=op.f("ck_webhook_delivery_done")
        ),
        sa.CheckConstraint(
            "status IN ('due', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_status")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint"],
            ["webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_endpoint"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("endpoint", "event", name=op.f("uq_webhook_delivery_endpoint_event")),
    )
    op.create_index(
        "ix_webhook_delivery_done",
        "webhook_delivery",
        ["done_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["endpoint", "next_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index(
        "ix_webhook_delivery_leased",
        "webhook_delivery",
        ["endpoint", "leased_until"],
        unique=False,
        postgresql_where=sa.text("leased_until IS NOT NULL"),
    )
    op.create_index("ix_webhook_delivery_log", "webhook_delivery", ["endpoint", "id"], unique=False)
    op.create_index(
        "ix_webhook_delivery_subject",
        "webhook_delivery",
        ["endpoint", "subject", "number", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column(
            "answered",
            sa.SmallInteger(),
            nullable=True,
            comment="the status of HTTP; null: there was no answer",
        ),
        sa.Column("fault", sa.Text(), nullable=True, comment="why there was none"),
        sa.Column("answer", sa.Text(), nullable=False, comment="how it begins"),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["webhook_delivery.id"],
            name=op.f("fk_webhook_attempt_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(
        op.f("ix_webhook_attempt_delivery_id"), "webhook_attempt", ["delivery", "id"], unique=False
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("webhook_attempt")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_endpoint")
    op.drop_table("feed_reader")
    op.drop_table("secret")
