"""Merchants, locations, keys and settings."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from fulfillment.store.schema.columns import Instant, identity, merchant_column, metadata, moment

merchant = Table(
    "merchant",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("currency", String(3), nullable=False, server_default="USD"),
    Column(
        "replan_due",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="settings changed: every open order has to be planned again",
    ),
    Column(
        "authorise_before_release",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="a shipment waits until its payment is authorised",
    ),
    Column(
        "reauthorise_on_release",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="a backordered shipment that is released has its payment authorised anew",
    ),
    Column(
        "shipping_methods",
        JSONB,
        nullable=False,
        server_default=text("'{}'::jsonb"),
        comment="days under way, by the name of the method",
    ),
    moment("created_at"),
    CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]*$'", name="id_is_a_slug"),
)


letterhead = Table(
    "letterhead",
    metadata,
    Column("merchant", String(63), ForeignKey("merchant.id"), primary_key=True),
    Column("sender", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("logo", LargeBinary, comment="a PNG or JPEG"),
    comment="What stands over a merchant's papers: who sends them, line by line, and a logo.",
)


location = Table(
    "location",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("cutoff", Time, nullable=False, server_default=text("'15:00'")),
    Column(
        "working_days",
        ARRAY(SmallInteger),
        nullable=False,
        server_default=text("'{1,2,3,4,5}'"),
        comment="ISO: Monday is 1",
    ),
    Column("holidays", Text, comment="whose public holidays it keeps: AT, US-NJ"),
    Column("handling_days", SmallInteger, nullable=False, server_default=text("0")),
    Column(
        "calendar_revision",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="how often its calendar was changed",
    ),
    Column(
        "renewed_revision",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="up to which of these changes the target days of what is ready were made anew",
    ),
    moment("created_at"),
    CheckConstraint(
        "cardinality(working_days) > 0 AND working_days <@ '{1,2,3,4,5,6,7}'::smallint[]",
        name="working_days",
    ),
    CheckConstraint("handling_days BETWEEN 0 AND 60", name="handling_days"),
)


location_closure = Table(
    "location_closure",
    metadata,
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("reason", Text),
    PrimaryKeyConstraint("location", "on_day"),
    comment="Days on which a location is closed, beside its public holidays.",
)


merchant_location = Table(
    "merchant_location",
    metadata,
    merchant_column(),
    Column("location", String(63), ForeignKey("location.id"), nullable=False),
    Column("priority", Integer, nullable=False, server_default=text("100")),
    PrimaryKeyConstraint("merchant", "location"),
)


setting = Table(
    "setting",
    metadata,
    Column("scope", String(63), nullable=False, comment="a merchant, or * for the default"),
    Column("knob", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("changed_by", Text, nullable=False),
    moment("changed_at"),
    PrimaryKeyConstraint("scope", "knob"),
)


setting_change = Table(
    "setting_change",
    metadata,
    identity(),
    Column("scope", String(63), nullable=False),
    Column("knob", Text, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("changed_by", Text, nullable=False),
    moment("changed_at"),
)


api_key = Table(
    "api_key",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column(
        "merchant",
        String(63),
        ForeignKey("merchant.id"),
        comment="the first of them, for older programs",
    ),
    Column("locations", ARRAY(Text), comment="null: every location"),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("revoked_at", Instant),
    moment("created_at"),
    Column("merchants", ARRAY(Text), comment="null: that one, or every merchant"),
    CheckConstraint("role IN ('intake', 'warehouse', 'purchasing', 'admin')", name="role"),
    # A key that had an empty set would be for everybody to a program that reads `merchant` alone.
    CheckConstraint("merchants IS NULL OR (merchant = ANY (merchants)) IS TRUE", name="merchants"),
)
