"""What is told outside: what is to be told yet, what was told in which order, how far that is.

An order's history and a supply's are what happened; the feed is that once more in the order in
which it is read, for as long as the installation keeps it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
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

from fulfillment.store.schema.columns import Instant, merchant_column, metadata, moment

untold = Table(
    "untold",
    metadata,
    Column("kind", Text, nullable=False, comment="order, or the kind of a supply's document"),
    Column("subject", BigInteger, nullable=False, comment="the id of the order or document"),
    Column("sequence", Integer, nullable=False),
    PrimaryKeyConstraint("kind", "subject", "sequence"),
    comment="Rows of history that have no place in the feed yet; written with them.",
)


feed_event = Table(
    "feed_event",
    metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, comment="the same whenever it is told"),
    merchant_column(),
    Column("type", Text, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("subject", Text, nullable=False, comment="order, or the kind of a supply's document"),
    Column("number", String(64), nullable=False, comment="of the order or document"),
    Column("sequence", Integer, nullable=False, comment="in the history of its subject"),
    Column("locations", ARRAY(Text), nullable=False, comment="that it concerns"),
    Column("facts", JSONB, nullable=False, comment="no customer data, no free text"),
    Column("at", Instant, nullable=False, comment="when it happened"),
    moment("told_at"),
    UniqueConstraint("id"),
    Index(None, "merchant", "place"),
)


feed_mark = Table(
    "feed_mark",
    metadata,
    Column("only", Boolean, primary_key=True, server_default=text("true")),
    Column("last", BigInteger, nullable=False, server_default=text("0"), comment="place given"),
    Column(
        "expired",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="the last place whose event is kept no more",
    ),
    CheckConstraint('"only"', name="one_row"),
    CheckConstraint('expired BETWEEN 0 AND "last"', name="expired"),
    comment="How far the feed has come, and from where on it is kept: one row.",
)
