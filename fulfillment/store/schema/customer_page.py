"""The page that a customer opens by a link: which links there are, and what it offers."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from fulfillment.domain.insight.offers import OfferKind
from fulfillment.store.schema.columns import Instant, merchant_column, metadata, moment

KINDS = ", ".join(repr(str(kind)) for kind in OfferKind)

customer_page = Table(
    "customer_page",
    metadata,
    Column("merchant", String(63), ForeignKey("merchant.id"), primary_key=True),
    Column("offers", ARRAY(Text), nullable=False, comment="kinds that a customer may choose"),
    Column("link_days", SmallInteger, nullable=False, server_default=text("60")),
    Column(
        "days_after_end",
        SmallInteger,
        nullable=False,
        server_default=text("14"),
        comment="how long a page can be opened once its order is finished",
    ),
    Column("note", Text, comment="how the merchant is reached; on every page"),
    CheckConstraint(f"offers <@ ARRAY[{KINDS}]::text[]", name="offers"),
    CheckConstraint("link_days BETWEEN 1 AND 365", name="link_days"),
    CheckConstraint("days_after_end BETWEEN 0 AND 365", name="days_after_end"),
    comment="What customers of a merchant may choose on their page; without a row, as built in.",
)


order_link = Table(
    "order_link",
    metadata,
    Column("id", String(16), primary_key=True, comment="its name; it opens nothing"),
    merchant_column(),
    Column("order_id", BigInteger, ForeignKey("orders.id"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("created_by", Text, nullable=False),
    moment("created_at"),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    UniqueConstraint("token_hash"),
    Index(None, "order_id"),
    comment="Who has the token of one sees its order, and may choose what is offered.",
)
