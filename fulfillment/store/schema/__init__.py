"""Every table, as SQLAlchemy Core metadata; the migrations are tested against it.

What the database can carry as a constraint it carries: a rule that only code holds is a rule
that the next program breaks.
"""

from fulfillment.store.schema import (
    archive,
    customer_page,
    deliveries,
    engine,
    feed,
    floor,
    goods,
    mail,
    moves,
    parties,
    payments,
    proofs,
    sales,
    saved_views,
    secrets,
    shipments,
    sums,
    supplies,
    users,
    work,
)
from fulfillment.store.schema.columns import metadata

__all__ = [
    "archive",
    "customer_page",
    "deliveries",
    "engine",
    "feed",
    "floor",
    "goods",
    "mail",
    "metadata",
    "moves",
    "parties",
    "payments",
    "proofs",
    "sales",
    "saved_views",
    "secrets",
    "shipments",
    "sums",
    "supplies",
    "users",
    "work",
]
