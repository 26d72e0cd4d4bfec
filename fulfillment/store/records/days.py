"""Which day it is where, for statements that compare with it.

The days come with the statement, as a map from zone to day: the database need not know a zone,
and no row can make a statement fail that looks at the rows of others too.
"""

import json
from datetime import date

from fulfillment.store.transactions.session import Tx

AT_ONCE = date.min
"""The day written for an order that has to be planned again whatever the day."""

MERCHANTS_DAY = "((SELECT CAST(:days AS jsonb)) ->> m.time_zone)::date"
LOCATIONS_DAY = "((SELECT CAST(:days AS jsonb)) ->> at.time_zone)::date"
"""SQL: the day that it is for a merchant `m`, or at a location `at`; it is given `days_now`."""


def days_now(tx: Tx) -> str:
    """The day that it is now in every zone that a merchant or a location has."""
    rows = tx.rows("SELECT time_zone FROM merchant UNION SELECT time_zone FROM location")
    return json.dumps({row.time_zone: tx.today(row.time_zone).isoformat() for row in rows})


LEAVE_BY = "least(o.ship_by, o.deliver_by - coalesce(o.transit_days, 0))"
"""The last day on which an order `o` may leave: as the channel says, or so as to be there in time.
"""
