"""Mail to customers: what a merchant wants of it, each mail, and how far the feed was looked at.

No row holds a name, an address or a text that a customer gets: those are read, and made, when a
mail is sent.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from fulfillment.domain.insight.customer_mail import MailStatus, MailType
from fulfillment.domain.planning.delay_rule import Silence
from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    one_of,
)

EVERY_TYPE = "'{taken,waits,split,delayed,shipped,cancelled}'"

mail_setting = Table(
    "mail_setting",
    metadata,
    Column("merchant", String(63), ForeignKey("merchant.id"), primary_key=True),
    Column("enabled", Boolean, nullable=False, server_default=text("false")),
    Column("types", ARRAY(Text), nullable=False, server_default=text(EVERY_TYPE)),
    Column("sender_name", Text),
    Column("sender_address", Text),
    Column("reply_to", Text),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("settle_minutes", Integer, nullable=False, server_default=text("120")),
    Column("per_hour", Integer, nullable=False, server_default=text("1000")),
    Column("delay_rule", Boolean, nullable=False, server_default=text("false")),
    Column("delay_consent_days", SmallInteger, nullable=False, server_default=text("30")),
    Column("changed_by", Text, nullable=False),
    moment("changed_at"),
    CheckConstraint("NOT enabled OR sender_address IS NOT NULL", name="sender"),
    CheckConstraint(f"types <@ {EVERY_TYPE}::text[]", name="types"),
    CheckConstraint("settle_minutes BETWEEN 0 AND 10080", name="settle_minutes"),
    CheckConstraint("per_hour BETWEEN 1 AND 1000000", name="per_hour"),
    CheckConstraint("delay_consent_days BETWEEN 0 AND 365", name="delay_consent_days"),
    comment="What a merchant wants of mail to its customers; without a row there is none.",
)


mail_template = Table(
    "mail_template",
    metadata,
    merchant_column(),
    Column("type", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    moment("changed_at"),
    PrimaryKeyConstraint("merchant", "type", "language"),
    CheckConstraint(one_of("type", MailType), name="type"),
    comment="A merchant's own words in place of those that come with Pegboard.",
)


mail_batch = Table(
    "mail_batch",
    metadata,
    identity(),
    merchant_column(),
    Column("cause", String(64), nullable=False, comment="the document of supply that moved"),
    moment("began_at"),
    Column("stopped_at", Instant),
    Column("stopped_by", Text),
    Index(None, "merchant", "id"),
    Index("ix_mail_batch_cause", "merchant", "cause", "began_at"),
    comment="All mails of delays that one supply made: one line, and stopped as one.",
)


mail = Table(
    "mail",
    metadata,
    identity(),
    merchant_column(),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("type", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="due"),
    Column("event", Uuid, nullable=False, comment="the first that called for it"),
    Column(
        "again",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="how often a person had it sent again",
    ),
    Column("batch", BigInteger, ForeignKey("mail_batch.id")),
    Column("epoch", BigInteger, nullable=False, comment="the life of the database it is of"),
    Column("happened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column(
        "deferrals",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="how often the mail server would not take it yet",
    ),
    Column("claimed_at", Instant),
    Column("ended_at", Instant, comment="when it was sent, or it was known that it is not"),
    Column("message_id", Text),
    Column("reason", Text, comment="a code: why it was not sent, or is not there"),
    Column("reply", SmallInteger, comment="what the mail server answered"),
    Column(
        "telling",
        JSONB,
        nullable=False,
        server_default=text("'{}'::jsonb"),
        comment="what it told: days, shipments and units, no words",
    ),
    Column("actor", Text, nullable=False, server_default="pegboard"),
    Column("settled_at", Instant, comment="when a person had seen what became of it"),
    Column("settled_by", Text),
    UniqueConstraint("order_id", "type", "event", "again"),
    CheckConstraint(one_of("type", MailType), name="type"),
    CheckConstraint(one_of("status", MailStatus), name="status"),
    CheckConstraint("status <> 'claimed' OR claimed_at IS NOT NULL", name="claimed"),
    Index(
        "ix_mail_pending",
        "order_id",
        "type",
        unique=True,
        postgresql_where=text("status = 'due' AND again = 0"),
    ),
    Index("ix_mail_due", "merchant", "due_at", "id", postgresql_where=text("status = 'due'")),
    Index("ix_mail_under_way", "claimed_at", postgresql_where=text("status = 'claimed'")),
    Index("ix_mail_rate", "merchant", "claimed_at"),
    Index("ix_mail_list", "merchant", "id"),
    Index(
        "ix_mail_for_a_person",
        "merchant",
        "id",
        postgresql_where=text("status IN ('refused', 'unknown', 'bounced') AND settled_at IS NULL"),
    ),
    Index("ix_mail_batch_mails", "batch", postgresql_where=text("batch IS NOT NULL")),
    comment="Each mail that was called for. It is claimed before it is sent, and sent once.",
)


delay_notice = Table(
    "delay_notice",
    metadata,
    Column("mail", BigInteger, ForeignKey("mail.id"), primary_key=True),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("expected_on", Date, comment="the day that it names; null: none is known"),
    Column("silence", Text, nullable=False),
    Column("cancel_on", Date, comment="when silence cancels what is unshipped"),
    Column("applied_at", Instant, comment="when the order was told of that day"),
    Column("consented_at", Instant),
    CheckConstraint(one_of("silence", Silence), name="silence"),
    CheckConstraint("(silence = 'cancels') = (cancel_on IS NOT NULL)", name="cancel_on"),
    Index(None, "order_id"),
    Index(
        "ix_delay_notice_open",
        "mail",
        postgresql_where=text("silence = 'cancels' AND applied_at IS NULL"),
    ),
    comment="What a mail of a delay said of silence, and what the customer said.",
)


mail_mark = Table(
    "mail_mark",
    metadata,
    Column("only", Boolean, primary_key=True, server_default=text("true")),
    Column("place", BigInteger, nullable=False, comment="of the feed, up to which was looked"),
    Column("epoch", BigInteger, nullable=False),
    CheckConstraint('"only"', name="one_row"),
    comment="How far the feed was looked at for mails: one row.",
)
