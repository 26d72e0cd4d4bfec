"""Stock that is announced with a date and a quantity, without a purchase order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid, missing
from fulfillment.store.commands.supply.purchase_orders.replanning import Was, replan
from fulfillment.store.commands.supply.stock import check_in_use, check_places
from fulfillment.store.reading.restocks import read_restock
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.records.saving.supplies import (
    TELLS,
    Facts,
    SupplyTold,
    dated,
    supplied,
    telling,
)
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Restock:
    """Units of a SKU that are announced for a location; without a date nobody is pegged on them."""

    number: str
    sku: str
    location: str
    units: int
    expected_on: date | None = None


def announce_restock(store: Store, merchant: str, announced: Restock, actor: str) -> Answer:
    """Have a restock be so from now on, as often as it is said; who waits is planned anew.

    Its number is its identity. Units and date may change while any are outstanding: `units` count
    from the first announcement, so they are no fewer than have arrived. SKU and location stay.
    """

    def body(tx: Tx) -> Answer:
        if announced.units <= 0:
            message = "a restock announces a positive number of units"
            raise invalid("bad_quantity", message, "units")
        check_places(tx, [(announced.sku, announced.location)])
        lock_queues(tx, {announced.sku} | tx.also)
        known = _find(tx, announced.number)
        if known is None:
            check_in_use(tx, [(announced.sku, announced.location)])
            _insert(tx, announced)
            replan(tx, {announced.sku}, {})
        elif _changes(tx, known, announced):
            replan(tx, {announced.sku}, _was(known))
        return fields_of(read_restock(tx, announced.number))

    return store.transact(merchant, body, actor=actor)


def withdraw_restock(store: Store, command: Command, number: str) -> Answer:
    """Give up what is outstanding; who was pegged on it is planned anew."""

    def body(tx: Tx) -> Answer:
        known = _locked(tx, number)
        tx.run(
            f"WITH {TELLS}"  # noqa: S608 -- TELLS is a constant
            " UPDATE supply SET closed = ordered - received, inbound = false WHERE id = :id",
            id=known.supply,
            **telling(tx, [_told(known, ("closed", {"lines": [_line(known)]}))]),
        )
        replan(tx, {known.sku}, _was(known))
        return fields_of(read_restock(tx, number))

    return store.execute(command, body)


def _told(known: Any, *happenings: tuple[str, Facts]) -> SupplyTold:
    return SupplyTold(SupplyKind.RESTOCK, known.id, known.number, happenings)


def _line(known: Any) -> Facts:
    return supplied(1, known.sku, known.location, known.outstanding, known.expected_on)


FIND = """
SELECT r.id, r.number, u.id AS supply, u.sku, u.location, u.ordered, u.outstanding,
       u.expected_on
  FROM restock r JOIN supply u ON u.id = r.supply
 WHERE r.merchant = :merchant AND r.number = :number
"""


def _find(tx: Tx, number: str) -> Any | None:
    rows = tx.rows(FIND, merchant=tx.merchant, number=number)
    return rows[0] if rows else None


def _locked(tx: Tx, number: str) -> Any:
    """A restock with units outstanding, its queue locked; its SKU never changes."""
    found = _find(tx, number)
    if found is None:
        raise missing("restock", number)
    lock_queues(tx, {found.sku} | tx.also)
    known = _find(tx, number)
    if known is None or not known.outstanding:
        raise _ended(number)
    return known


def _ended(number: str) -> RefusedError:
    message = f"restock {number} has ended: all of it has arrived or was withdrawn"
    return conflict("restock_ended", message, number=number)


def _was(known: Any) -> dict[int, Was]:
    return {known.supply: Was(known.expected_on)}


def _insert(tx: Tx, new: Restock) -> None:
    line = supplied(1, new.sku, new.location, new.units, new.expected_on)
    rows = tx.rows(
        """
        WITH supplied AS (
            INSERT INTO supply (merchant, sku, location, kind, document, ordered, expected_on,
                                inbound)
            VALUES (:merchant, :sku, :location, 'restock', :number, :units, :expected_on, true)
            RETURNING id
        ), announced AS (
            INSERT INTO restock (merchant, number, supply, created_by, created_at)
            SELECT :merchant, :number, id, :actor, :now FROM supplied
            ON CONFLICT (merchant, number) DO NOTHING RETURNING id
        ), happened AS (
            INSERT INTO supply_event (merchant, kind, document, number, sequence, happenings,
                                      actor, at)
            SELECT :merchant, 'restock', id, :number, 1, CAST(:told AS jsonb), :actor, :now
              FROM announced
            RETURNING kind, document, sequence
        )
        INSERT INTO untold (kind, subject, sequence)
        SELECT kind, document, sequence FROM happened RETURNING subject
        """,
        merchant=tx.merchant,
        number=new.number,
        sku=new.sku,
        location=new.location,
        units=new.units,
        expected_on=new.expected_on,
        actor=tx.actor,
        now=tx.now,
        told=json.dumps([("approved", {"lines": [line]})], default=str),
    )
    if not rows:
        raise _in_use(new.number)


def _changes(tx: Tx, known: Any, wanted: Restock) -> bool:
    """Write the units and the date where they differ; whether they do."""
    if (known.sku, known.location) != (wanted.sku, wanted.location):
        raise _in_use(wanted.number)
    if (known.ordered, known.expected_on) == (wanted.units, wanted.expected_on):
        return False
    if not known.outstanding:
        raise _ended(wanted.number)
    if wanted.units < (arrived := known.ordered - known.outstanding):
        message = f"of restock {wanted.number} arrived already: {counted(arrived, 'unit')}"
        raise invalid("bad_quantity", message, "units", arrived=arrived)
    tx.run(
        f"WITH {TELLS}"  # noqa: S608 -- TELLS is a constant
        " UPDATE supply SET ordered = :units, expected_on = :expected_on,"
        " overdue = overdue AND expected_on IS NOT DISTINCT FROM :expected_on,"
        " inbound = received + closed < :units"
        " WHERE id = :id",
        id=known.supply,
        units=wanted.units,
        expected_on=wanted.expected_on,
        **telling(tx, [_told(known, *_changed(known, wanted))]),
    )
    return True


def _changed(known: Any, wanted: Restock) -> Iterator[tuple[str, Facts]]:
    """What its history tells of another day, and of other units."""
    if known.expected_on != wanted.expected_on:
        units = known.outstanding + wanted.units - known.ordered
        days = (known.expected_on, wanted.expected_on)
        yield "date_moved", {"lines": [dated(1, known.sku, known.location, units, days)]}
    if known.ordered != wanted.units:
        line = {"line": 1, "sku": known.sku, "from": known.ordered, "to": wanted.units}
        yield "units_changed", {"lines": [line]}


def _in_use(number: str) -> RefusedError:
    message = f"restock {number} is one of another SKU or location; withdraw it, or number anew"
    return conflict("number_in_use", message, number=number)
