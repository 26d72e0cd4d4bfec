"""Who asked to be told of events: endpoints, what they are owed, what they answered."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from fulfillment.domain.model.webhooks import DeliveryStatus, EndpointStatus, OffReason
from fulfillment.store.schema.columns import (
    Instant,
    identity,
    merchant_column,
    metadata,
    moment,
    one_of,
)

feed_reader = Table(
    "feed_reader",
    metadata,
    Column("name", Text, primary_key=True, comment="webhooks"),
    Column("place", BigInteger, nullable=False, comment="up to where it has read the feed"),
    comment="Who in the house reads the feed, and how far; what they have not read is kept.",
)


webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    identity(),
    merchant_column(),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column(
        "topics", ARRAY(Text), nullable=False, comment="types of events, or order.* and the like"
    ),
    Column("locations", ARRAY(Text), comment="that it is told of; null: of every one"),
    Column("status", Text, nullable=False, server_default=text("'on'")),
    Column("off_reason", Text),
    Column("off_at", Instant),
    Column("after_place", BigInteger, nullable=False, comment="of the feed: told of what follows"),
    Column("secret_version", Integer, nullable=False, server_default=text("1")),
    Column("previous_until", Instant, comment="until then the secret before signs too"),
    Column("failing_since", Instant, comment="since then nothing got through"),
    Column("slowdowns", Integer, nullable=False, server_default=text("0")),
    Column("slow_until", Instant, comment="it gets no call before"),
    Column("served_at", Instant, comment="when it last had its turn"),
    Column("made_by", Text, nullable=False),
    moment("created_at"),
    Column("removed_at", Instant),
    CheckConstraint(one_of("status", EndpointStatus), name="status"),
    CheckConstraint(one_of("off_reason", OffReason), name="off_reason"),
    CheckConstraint("(status = 'off') = (off_reason IS NOT NULL)", name="off"),
    Index(None, "merchant", "id"),
)


webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    identity(),
    Column(
        "endpoint",
        BigInteger,
        ForeignKey("webhook_endpoint.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("event", Uuid, nullable=False, comment="its id, the same with every attempt"),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("number", String(64), nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("body", Text, nullable=False, comment="as it is posted; no customer data"),
    Column("status", Text, nullable=False, server_default=text("'due'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_at", Instant, nullable=False, comment="not before; while leased, the lease's end"),
    Column("leased_until", Instant, comment="somebody is at it until then"),
    moment("created_at"),
    Column("done_at", Instant, comment="when it was taken, or given up"),
    UniqueConstraint("endpoint", "event"),
    CheckConstraint(one_of("status", DeliveryStatus), name="status"),
    CheckConstraint("(status = 'due') = (done_at IS NULL)", name="done"),
    Index(
        "ix_webhook_delivery_due",
        "endpoint",
        "next_at",
        "id",
        postgresql_where=text("status = 'due'"),
    ),
    Index(
        "ix_webhook_delivery_subject",
        "endpoint",
        "subject",
        "number",
        "id",
        postgresql_where=text("status = 'due'"),
    ),
    Index(
        "ix_webhook_delivery_leased",
        "endpoint",
        "leased_until",
        postgresql_where=text("leased_until IS NOT NULL"),
    ),
    Index("ix_webhook_delivery_log", "endpoint", "id"),
    Index(
        "ix_webhook_delivery_done",
        "done_at",
        postgresql_where=text("done_at IS NOT NULL"),
    ),
)


webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    identity(),
    Column(
        "delivery",
        BigInteger,
        ForeignKey("webhook_delivery.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("attempt", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("answered", SmallInteger, comment="the status of HTTP; null: there was no answer"),
    Column("fault", Text, comment="why there was none"),
    Column("answer", Text, nullable=False, comment="how it begins"),
    Index(None, "delivery", "id"),
)
