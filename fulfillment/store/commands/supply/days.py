"""Days on which supply is to come: one that is over is no day that anybody can mean."""

from datetime import date

from fulfillment.domain.model.refusals import invalid
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx


def check_not_over(tx: Tx, on: object, location: str | None, field: str) -> None:
    """Refuse a day that has passed at the location: nobody would be pegged on it (§5).

    Documents that other systems write keep the days that they have there: such supply is overdue.
    Without a location the merchant's day counts.
    """
    here = load_locations(tx).get(location or "")
    today = here or merchant_today(tx)
    if isinstance(on, date) and on < today:
        where = f" at {location}" if here else ""
        message = f"{on} is over{where}; name a day from {today} on"
        raise invalid("date_is_over", message, field, today=today.isoformat())
