"""When locations work: their own settings, closures, and public holidays from a library."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

import structlog

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.working_days import ShipDays, WorkDays, target_ship_on
from fulfillment.domain.planning.promise import places_of
from fulfillment.store.transactions.session import Tx
from fulfillment.store.transactions.zones import zone_of

log = structlog.get_logger(__name__)

MEMO = "calendars"

VERSION = "l.calendar_revision || '.' || l.xmin AS version"
"""Raised by every change of a calendar, and another one whenever its row is written by hand."""

VERSIONS = f"SELECT l.id, {VERSION} FROM location l WHERE l.id = ANY(:locations) ORDER BY l.id"  # noqa: S608 -- constants

KEEP = f"{VERSIONS} FOR KEY SHARE"
"""Whoever changes a calendar waits until those who computed with it have committed."""

READ = f"""
SELECT l.id, {VERSION}, l.time_zone, l.cutoff, l.working_days, l.holidays, l.handling_days,
       (SELECT array_agg(c.on_day) FROM location_closure c WHERE c.location = l.id) AS closures
  FROM location l WHERE l.id = ANY(:locations)
"""  # noqa: S608 -- constants


def load_calendars(
    tx: Tx, locations: Collection[str], *, only_read: bool = False
) -> Mapping[str, WorkDays]:
    """The working days of these locations, read once in a transaction for all that it decides.

    What a connection read before is taken while the location has the same version, which is read
    under the lock that keeps others from changing it.
    """
    found: dict[str, WorkDays] = tx.memo.setdefault(MEMO, {})
    if new := sorted(set(locations) - found.keys()):
        sql = VERSIONS if only_read or tx.is_simulated else KEEP
        rows = tx.rows(sql, locations=new)
        found |= _of_versions(tx, {row.id: row.version for row in rows})
    return found


def _of_versions(tx: Tx, versions: Mapping[str, str]) -> dict[str, WorkDays]:
    known: dict[str, tuple[str, WorkDays]] = tx.dialogue.known.setdefault(MEMO, {})
    changed = [at for at, version in versions.items() if known.get(at, ("",))[0] != version]
    if changed:
        rows = tx.rows(READ, locations=changed)
        known |= {row.id: (row.version, _work_days(row)) for row in rows}
    return {at: known[at][1] for at in versions}


def ship_days_of(tx: Tx, order: Order, today: date) -> ShipDays:
    """From when the goods of an order that is only looked at can leave their places."""
    return ShipDays(today, tx.now, load_calendars(tx, places_of(order), only_read=True))


def targets_of_now(tx: Tx, locations: Collection[str]) -> dict[str, date | None]:
    """When what is released at these locations in this transaction should leave."""
    if not locations:
        return {}
    calendars = load_calendars(tx, locations)
    return {at: target_ship_on(tx.now, calendars[at]) for at in set(locations)}


def _work_days(row: Any) -> WorkDays:
    closures = frozenset(row.closures or ())
    code = row.holidays

    def is_closed(day: date) -> bool:
        return day in closures or (code is not None and day in public_holidays(code, day.year))

    return WorkDays(
        zone=zone_of(row.time_zone),
        cutoff=row.cutoff,
        weekdays=frozenset(row.working_days),
        is_closed=is_closed,
        handling_days=row.handling_days,
    )


@cache
def public_holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of a country, or of a part of it, in one year.

    The library's own calendars grow while they are asked, which threads must not share. A code
    that it does not know any more is told, and has none: who is planned beside it goes on.
    """
    country, _, part = code.partition("-")
    try:
        found = _library().country_holidays(country, subdiv=part or None, years=year, expand=False)
    except NotImplementedError:
        log.error("holidays_not_known", holidays=code, taken_for="none")  # noqa: TRY400
        return frozenset()
    return frozenset(found)


def check_holidays(code: str, field: str) -> None:
    """Refuse a country or a part of one whose public holidays are not known, naming what is."""
    country, hyphen, part = code.partition("-")
    known: Mapping[str, list[str]] = _library().list_supported_countries(include_aliases=False)
    if country not in known:
        message = f"no public holidays are known of {code}; they are of {', '.join(sorted(known))}"
        raise invalid("unknown_holidays", message, field, known=sorted(known))
    parts = [f"{country}-{one}" for one in sorted(known[country])]
    if hyphen and part not in known[country]:
        told = ", ".join(parts) or f"{country} as a whole"
        message = f"no public holidays are known of {code}; of {country} there are {told}"
        raise invalid("unknown_holidays", message, field, known=[country, *parts])


def _library() -> Any:
    # Loaded by who needs it: a location that keeps no public holidays, and most commands, do not.
    import holidays  # noqa: PLC0415

    return holidays
