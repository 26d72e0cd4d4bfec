"""People who sign in, and the sessions that they have."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from fulfillment.store.schema.columns import Instant, metadata, moment

app_user = Table(
    "app_user",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("full_name", Text, nullable=False, comment="as histories name the user"),
    Column("role", Text, nullable=False),
    Column("merchants", ARRAY(Text), comment="null: every merchant"),
    Column("locations", ARRAY(Text), comment="null: every location"),
    Column("password_hash", Text, nullable=False, comment="argon2id, with its parameters"),
    Column("password_set_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    moment("created_at"),
    CheckConstraint("role IN ('intake', 'warehouse', 'purchasing', 'admin')", name="role"),
    CheckConstraint("merchants IS NULL OR cardinality(merchants) > 0", name="merchants"),
    CheckConstraint("locations IS NULL OR cardinality(locations) > 0", name="locations"),
)

user_session = Table(
    "user_session",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True, comment="of what is in the cookie"),
    Column("user_name", String(63), ForeignKey("app_user.name"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False, comment="to the minute"),
    Index("ix_user_session_user_name", "user_name"),
)
