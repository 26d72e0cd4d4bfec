"""Mail to customers: settings, templates, mails, notices of delays, how far the feed was read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

EVERY_TYPE = "'{taken,waits,split,delayed,shipped,cancelled}'"
A_TYPE = "type IN ('taken', 'waits', 'split', 'delayed', 'shipped', 'cancelled')"
A_STATUS = (
    "status IN ('due', 'claimed', 'sent', 'refused', 'unknown', 'bounced', 'dropped', 'stopped')"
)


def upgrade() -> None:
    """Make the tables; mails are made of what happens from now on."""
    op.create_table(
        "mail_setting",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "types",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text(EVERY_TYPE),
            nullable=False,
        ),
        sa.Column("sender_name", sa.Text(), nullable=True),
        sa.Column("sender_address", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("settle_minutes", sa.Integer(), server_default=sa.text("120"), nullable=False),
        sa.Column("per_hour", sa.Integer(), server_default=sa.text("1000"), nullable=False),
        sa.Column("delay_rule", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "delay_consent_days", sa.SmallInteger(), server_default=sa.text("30"), nullable=False
        ),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "NOT enabled OR sender_address IS NOT NULL", name=op.f("ck_mail_setting_sender")
        ),
        sa.CheckConstraint(f"types <@ {EVERY_TYPE}::text[]", name=op.f("ck_mail_setting_types")),
        sa.CheckConstraint(
            "settle_minutes BETWEEN 0 AND 10080", name=op.f("ck_mail_setting_settle_minutes")
        ),
        sa.CheckConstraint("per_hour BETWEEN 1 AND 1000000", name=op.f("ck_mail_setting_per_hour")),
        sa.CheckConstraint(
            "delay_consent_days BETWEEN 0 AND 365",
            name=op.f("ck_mail_setting_delay_consent_days"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_mail_setting_merchant")
        ),
        sa.PrimaryKeyConstraint("merchant", name=op.f("pk_mail_setting")),
        comment="What a merchant wants of mail to its customers; without a row there is none.",
    )
    op.create_table(
        "mail_template",
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(A_TYPE, name=op.f("ck_mail_template_type")),
        sa.ForeignKeyConstraint(
            ["merchant"], ["merchant.id"], name=op.f("fk_mail_template_merchant")
        ),
        sa.PrimaryKeyConstraint("merchant", "type", "language", name=op.f("pk_mail_template")),
        comment="A merchant's own words in place of those that come with Pegboard.",
    )
    op.create_table(
        "mail_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column(
            "cause",
            sa.String(length=64),
            nullable=False,
            comment="the document of supply that moved",
        ),
        sa.Column(
            "began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_mail_batch_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_batch")),
        comment="All mails of delays that one supply made: one line, and stopped as one.",
    )
    op.create_index(op.f("ix_mail_batch_merchant_id"), "mail_batch", ["merchant", "id"])
    op.create_index("ix_mail_batch_cause", "mail_batch", ["merchant", "cause", "began_at"])
    _create_mail()
    _create_notices_and_mark()


def _create_mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("merchant", sa.String(length=63), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="due", nullable=False),
        sa.Column("event", sa.Uuid(), nullable=False, comment="the first that called for it"),
        sa.Column(
            "again",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how often a person had it sent again",
        ),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        sa.Column(
            "epoch", sa.BigInteger(), nullable=False, comment="the life of the database it is of"
        ),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "deferrals",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how often the mail server would not take it yet",
        ),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was sent, or it was known that it is not",
        ),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=True,
            comment="a code: why it was not sent, or is not there",
        ),
        sa.Column(
            "reply", sa.SmallInteger(), nullable=True, comment="what the mail server answered"
        ),
        sa.Column(
            "telling",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
            comment="what it told: days, shipments and units, no words",
        ),
        sa.Column("actor", sa.Text(), server_default="pegboard", nullable=False),
        sa.Column(
            "settled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when a person had seen what became of it",
        ),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.CheckConstraint(A_TYPE, name=op.f("ck_mail_type")),
        sa.CheckConstraint(A_STATUS, name=op.f("ck_mail_status")),
        sa.CheckConstraint(
            "status <> 'claimed' OR claimed_at IS NOT NULL", name=op.f("ck_mail_claimed")
        ),
        sa.ForeignKeyConstraint(["batch"], ["mail_batch.id"], name=op.f("fk_mail_batch")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_mail_merchant")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_mail_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint(
            "order_id", "type", "event", "again", name=op.f("uq_mail_order_id_type_event_again")
        ),
        comment="Each mail that was called for. It is claimed before it is sent, and sent once.",
    )
    for name, columns, unique, where in INDEXES:
        condition = sa.text(where) if where else None
        op.create_index(name, "mail", columns, unique=unique, postgresql_where=condition)


INDEXES: tuple[tuple[str, list[str], bool, str | None], ...] = (
    ("ix_mail_pending", ["order_id", "type"], True, "status = 'due' AND again = 0"),
    ("ix_mail_due", ["merchant", "due_at", "id"], False, "status = 'due'"),
    ("ix_mail_under_way", ["claimed_at"], False, "status = 'claimed'"),
    ("ix_mail_rate", ["merchant", "claimed_at"], False, None),
    ("ix_mail_list", ["merchant", "id"], False, None),
    (
        "ix_mail_for_a_person",
        ["merchant", "id"],
        False,
        "status IN ('refused', 'unknown', 'bounced') AND settled_at IS NULL",
    ),
    ("ix_mail_batch_mails", ["batch"], False, "batch IS NOT NULL"),
)


def _create_notices_and_mark() -> None:
    op.create_table(
        "delay_notice",
        sa.Column("mail", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "expected_on",
            sa.Date(),
            nullable=True,
            comment="the day that it names; null: none is known",
        ),
        sa.Column("silence", sa.Text(), nullable=False),
        sa.Column(
            "cancel_on",
            sa.Date(),
            nullable=True,
            comment="when silence cancels what is unshipped",
        ),
        sa.Column(
            "applied_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the order was told of that day",
        ),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "silence IN ('consents', 'cancels')", name=op.f("ck_delay_notice_silence")
        ),
        sa.CheckConstraint(
            "(silence = 'cancels') = (cancel_on IS NOT NULL)",
            name=op.f("ck_delay_notice_cancel_on"),
        ),
        sa.ForeignKeyConstraint(["mail"], ["mail.id"], name=op.f("fk_delay_notice_mail")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_delay_notice_order_id")),
        sa.PrimaryKeyConstraint("mail", name=op.f("pk_delay_notice")),
        comment="What a mail of a delay said of silence, and what the customer said.",
    )
    op.create_index(op.f("ix_delay_notice_order_id"), "delay_notice", ["order_id"])
    op.create_index(
        "ix_delay_notice_open",
        "delay_notice",
        ["mail"],
        postgresql_where=sa.text("silence = 'cancels' AND applied_at IS NULL"),
    )
    op.create_table(
        "mail_mark",
        sa.Column("only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "place",
            sa.BigInteger(),
            nullable=False,
            comment="of the feed, up to which was looked",
        ),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.CheckConstraint('"only"', name=op.f("ck_mail_mark_one_row")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_mail_mark")),
        comment="How far the feed was looked at for mails: one row.",
    )
    op.execute(
        "INSERT INTO mail_mark (place, epoch)"
        " SELECT last, (SELECT max(number) FROM epoch) FROM feed_mark"
    )


def downgrade() -> None:
    """Forget all mails; they can not be told from those that were never sent."""
    for table in ("mail_mark", "delay_notice", "mail", "mail_batch", "mail_template"):
        op.drop_table(table)
    op.drop_table("mail_setting")
