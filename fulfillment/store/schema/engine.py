"""What ties transactions to the engine and to their callers."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from fulfillment.store.schema.columns import Instant, identity, metadata, moment

outbox = Table(
    "outbox",
    metadata,
    identity(),
    Column("merchant", String(63), nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="whom it is for, unique within its kind"),
    Column("payload", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", Instant, nullable=False, server_default=func.now()),
    Column("last_error", Text),
    moment("created_at"),
    Column(
        "priority",
        SmallInteger,
        Computed("coalesce((payload ->> 'priority')::smallint, 0)", persisted=True),
        nullable=False,
        comment="of the order to be started: among a merchant's starts lower ones go first",
    ),
    UniqueConstraint("kind", "subject"),
    CheckConstraint(
        "kind IN ('start_order', 'wake_order', 'start_purchase_order', 'wake_purchase_order',"
        " 'replan')",
        name="kind",
    ),
    Index("ix_outbox_restarts", "id", postgresql_where=text("lane = 3")),
    Index("ix_outbox_turn", "merchant", "lane", "priority", "id"),
)


started_order = Table(
    "started_order",
    metadata,
    Column("order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("merchant", String(63), nullable=False),
    Column("lines", Integer, nullable=False),
    moment("started_at"),
    comment="Orders whose workflows were started a moment ago: further starts are paced by them.",
)


supported_revision = Table(
    "supported_revision",
    metadata,
    Column("revision", Text, primary_key=True),
    comment="Newest revisions known to programs that may work with the tables as they are.",
)


epoch = Table(
    "epoch",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("actor", Text, nullable=False),
    moment("began_at"),
    comment="Lives of this database: whoever knows an older one may know what was lost.",
)


command = Table(
    "command",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("key", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("result", JSONB),
    Column("actor", Text, nullable=False),
    moment("at"),
    PrimaryKeyConstraint("merchant", "key"),
    Index("ix_command_at", "at", postgresql_using="brin"),
    comment="Every command once: the same key again is answered with the stored result.",
)
