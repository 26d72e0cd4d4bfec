"""Locations, whom they serve, and what makes a plan another one."""

from collections.abc import Mapping
from typing import Any

from fulfillment.domain.model.refusals import missing
from fulfillment.store.commands.catalogue.closures import renew_targets
from fulfillment.store.commands.catalogue.zones import check_zone
from fulfillment.store.queue.pending_queues import owe_replan_of_all
from fulfillment.store.records.calendars import check_holidays
from fulfillment.store.records.catalogue import NewLocation
from fulfillment.store.transactions.session import Store, Tx


def put_location(store: Store, new: NewLocation) -> None:
    """Create or change a location, and whom it serves; merchants that are not named keep theirs.

    What is ready there gets the target days of its calendar as it is then. Where units may be
    taken from now, or not any more, every open order of the merchants concerned is planned again.
    """
    if new.holidays is not None:
        check_holidays(new.holidays, "holidays")

    def body(tx: Tx) -> bool:
        check_zone(tx, new.time_zone, "time_zone")
        # Waits for those who released by the calendar as it was (see `closures`).
        before = tx.rows(
            "SELECT active, time_zone FROM location WHERE id = :id FOR UPDATE", id=new.id
        )
        tx.run(PUT_LOCATION, **_columns(new))
        served = _served(tx, new.id)
        _serve(tx, new)
        if before:
            is_other = tuple(before[0]) != (new.active, new.time_zone)
            owe_replan_of_all(tx, _concerned(served, new.serves, everybody=is_other))
        return bool(before)

    if store.transact("*", body):
        renew_targets(store, new.id)


def _columns(new: NewLocation) -> dict[str, Any]:
    return {
        "id": new.id,
        "name": new.name,
        "zone": new.time_zone,
        "active": new.active,
        "cutoff": new.cutoff,
        "working_days": sorted(set(new.working_days)),
        "holidays": new.holidays,
        "handling_days": new.handling_days,
    }


def _served(tx: Tx, location: str) -> dict[str, int]:
    rows = tx.rows(
        "SELECT merchant, priority FROM merchant_location WHERE location = :location",
        location=location,
    )
    return {row.merchant: row.priority for row in rows}


def _serve(tx: Tx, new: NewLocation) -> None:
    known = {row.id for row in tx.rows("SELECT id FROM merchant")}
    if unknown := sorted(set(new.serves) - known):
        raise missing("merchant", unknown[0])
    tx.run(
        "INSERT INTO merchant_location (merchant, location, priority)"
        " SELECT s.merchant, :location, s.priority"
        " FROM unnest(CAST(:merchants AS text[]), CAST(:priorities AS int[]))"
        " AS s(merchant, priority)"
        " ON CONFLICT (merchant, location) DO UPDATE SET priority = excluded.priority",
        location=new.id,
        merchants=list(new.serves),
        priorities=list(new.serves.values()),
    )


def _concerned(
    before: Mapping[str, int], serves: Mapping[str, int], *, everybody: bool
) -> set[str]:
    """The merchants whose plans a change of a location may change."""
    if everybody:
        return {*before, *serves}
    return {merchant for merchant, priority in serves.items() if before.get(merchant) != priority}


PUT_LOCATION = """
INSERT INTO location (id, name, time_zone, active, cutoff, working_days, holidays, handling_days)
VALUES (:id, :name, :zone, :active, :cutoff, :working_days, :holidays, :handling_days)
ON CONFLICT (id) DO UPDATE
   SET calendar_revision = location.calendar_revision + 1,
       name = excluded.name, time_zone = excluded.time_zone, active = excluded.active,
       cutoff = excluded.cutoff, working_days = excluded.working_days,
       holidays = excluded.holidays, handling_days = excluded.handling_days
"""
