"""Names of time zones."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DataError

from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.transactions.session import Tx
from fulfillment.store.transactions.zones import NOT_KNOWN

COMPARED = tuple(timedelta(days=days) for days in (0, 91, 182, 273))
"""A zone means the same to both if they agree in each season."""


def check_zone(tx: Tx, name: str, field: str) -> None:
    """Refuse a time zone that Python or the database does not know, or that they take otherwise.

    PostgreSQL takes `CET` for an hour without summer time, Python for a zone with it.
    """
    moments = [tx.now + later for later in COMPARED]
    if _by_python(name, field, moments) != _by_the_database(tx, name, moments):
        raise _unknown(name, field)


def _unknown(name: str, field: str) -> RefusedError:
    message = f"there is no time zone {name!r} that all parts know; name one as Europe/Vienna is"
    return invalid("unknown_time_zone", message, field)


def _by_python(name: str, field: str, moments: list[datetime]) -> list[datetime]:
    try:
        zone = ZoneInfo(name)
    except NOT_KNOWN as error:
        raise _unknown(name, field) from error
    return [moment.astimezone(zone).replace(tzinfo=None) for moment in moments]


def _by_the_database(tx: Tx, name: str, moments: list[datetime]) -> list[datetime]:
    """None where it does not know the zone."""
    try:
        with tx.dialogue.savepoint():
            rows = tx.rows(
                "SELECT m.moment AT TIME ZONE :name AS local"
                " FROM unnest(CAST(:moments AS timestamptz[])) WITH ORDINALITY AS m(moment, turn)"
                " ORDER BY m.turn",
                name=name,
                moments=moments,
            )
    except DataError:
        return []
    return [row.local for row in rows]
