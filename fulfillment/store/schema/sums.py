"""Sums that are kept beside what they add up, so that reading does not grow with what waits."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
)

from fulfillment.store.schema.columns import Instant, metadata, product_key

queue_block = Table(
    "queue_block",
    metadata,
    Column("merchant", String(63), nullable=False),
    Column("sku", String(63), nullable=False),
    Column(
        "place", String(63), nullable=False, comment="to which its lines are bound; '' for none"
    ),
    Column("priority", SmallInteger, nullable=False, comment="with the next two: its first rank"),
    Column("placed_at", Instant, nullable=False),
    Column("intake_seq", BigInteger, nullable=False),
    Column("wanted", BigInteger, nullable=False),
    Column("unpegged", BigInteger, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("unpegged_orders", Integer, nullable=False, comment="orders that are not pegged whole"),
    PrimaryKeyConstraint("merchant", "sku", "place", "priority", "placed_at", "intake_seq"),
    product_key(),
    CheckConstraint("unpegged BETWEEN 0 AND wanted", name="unpegged_is_wanted"),
    CheckConstraint("unpegged_orders BETWEEN 0 AND orders", name="unpegged_orders_are_orders"),
    comment="Sums over the lines of a queue from a rank to the next block's; some hundred orders.",
    postgresql_with={"fillfactor": 50},
)
