"""Put what waiting orders have allocated in containers, and take it out again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.actions.manual import finished
from fulfillment.domain.floor import staging
from fulfillment.domain.floor.staging import Moving
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict
from fulfillment.store.commands.orders.manual import check_location
from fulfillment.store.planning.change import Change
from fulfillment.store.planning.opening import open_orders, order_id
from fulfillment.store.records.saving.pick_lists import settle_staging
from fulfillment.store.transactions.session import Command, Store, Tx

Answer = dict[str, Any]

LONGEST_LABEL = 64


@dataclass(frozen=True, slots=True)
class Staging:
    """What is put in a container: these units by line, or all that is loose at the location."""

    number: str
    location: str
    label: str | None = None
    units: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """Units by line of one order that go into a container at a location."""

    order: Order
    location: str
    units: Mapping[int, int]
    label: str | None = None


def stage(store: Store, command: Command, wanted: Staging) -> Answer:
    """Put units in a container; who gets what does not change, so no queue is taken."""

    def body(tx: Tx) -> Answer:
        check_location(tx, wanted.location, "location")
        order = order_id(tx, wanted.number)
        space = open_orders(tx, [order])
        before = space.after[order]
        if not before.live:
            raise finished(before)
        space.put(staging.staged(before, Moving(wanted.location, wanted.units)))
        units = _staged_now(before, space.after[order], wanted.location)
        space.save()
        (label,) = fill_containers(tx, [Filling(before, wanted.location, units, wanted.label)])
        settle_staging(tx, [shipment.id for shipment in before.waiting])
        told: Answer = {"container": label, "staged": _lines(before, units)}
        return told

    return store.execute(command, body)


def _staged_now(before: Order, after: Order, location: str) -> Mapping[int, int]:
    more = staging.staged_units(after) - staging.staged_units(before)
    return {line: units for (line, at), units in sorted(more.items()) if at == location}


def _lines(order: Order, units: Mapping[int, int]) -> list[Answer]:
    return [
        {"line": line, "sku": order.line(line).sku, "units": count}
        for line, count in sorted(units.items())
    ]


def unstaging(number: str, moving: Moving) -> Change:
    """Staged units go back to the shelf: claimed as before, and free to move by the plan."""
    return Change(number, lambda _, order: staging.released(order, moving))


# --- containers ----------------------------------------------------------------------------------


def fill_containers(tx: Tx, fillings: Sequence[Filling]) -> list[str]:
    """Write which units are in which container, one for each filling; their labels.

    Without a label it is the order's open container at the location, or a new one with the
    order's number. A label that another order has in use there is refused.
    """
    labels = _labels(tx, fillings)
    rows = sorted(
        (label, one.location, one.order.id, line, units)
        for label, one in zip(labels, fillings, strict=True)
        for line, units in one.units.items()
    )
    columns: dict[str, Sequence[object]] = {
        "labels": [row[0] for row in rows],
        "locations": [row[1] for row in rows],
        "orders": [row[2] for row in rows],
    }
    tx.run(OPEN_CONTAINERS, merchant=tx.merchant, now=tx.now, **columns)
    _refuse_taken(tx, columns)
    counts = {"lines": [row[3] for row in rows], "units": [row[4] for row in rows]}
    tx.run(FILL, now=tx.now, **counts, **columns)
    return labels


FILLED = """
unnest(CAST(:labels AS text[]), CAST(:locations AS text[]), CAST(:orders AS bigint[]))
    AS r(label, location, order_id)
"""

OPEN_CONTAINERS = f"""
INSERT INTO container (merchant, location, label, order_id, created_at)
SELECT DISTINCT :merchant, r.location, r.label, r.order_id, CAST(:now AS timestamptz) FROM {FILLED}
 ORDER BY r.location, r.label
ON CONFLICT (location, label) WHERE emptied_at IS NULL DO NOTHING
"""  # noqa: S608 -- FILLED is a constant

TAKEN = f"""
SELECT r.label, r.location FROM {FILLED}
  LEFT JOIN container c ON c.location = r.location AND c.label = r.label AND c.emptied_at IS NULL
 WHERE c.order_id IS DISTINCT FROM r.order_id ORDER BY 1, 2
"""  # noqa: S608 -- FILLED is a constant

FILL = """
INSERT INTO container_line (container, order_line, units, staged_at)
SELECT c.id, r.line, sum(r.units), :now
  FROM unnest(CAST(:labels AS text[]), CAST(:locations AS text[]), CAST(:orders AS bigint[]),
              CAST(:lines AS int[]), CAST(:units AS int[]))
       AS r(label, location, order_id, line, units)
  JOIN container c ON c.location = r.location AND c.label = r.label
       AND c.order_id = r.order_id AND c.emptied_at IS NULL
 GROUP BY c.id, r.line
ON CONFLICT (container, order_line) DO UPDATE SET units = container_line.units + excluded.units
"""


def _refuse_taken(tx: Tx, columns: Mapping[str, Sequence[object]]) -> None:
    for row in tx.rows(TAKEN, **columns):
        message = f"container {row.label} at {row.location} holds another order's units"
        raise conflict("container_in_use", message, container=row.label, location=row.location)


def _labels(tx: Tx, fillings: Sequence[Filling]) -> list[str]:
    rows = tx.rows(
        "SELECT c.order_id, c.location, c.label FROM container c"
        " WHERE c.emptied_at IS NULL AND (c.order_id = ANY(:orders)"
        " OR (c.location = ANY(:locations) AND c.label = ANY(:numbers))) ORDER BY c.id DESC",
        orders=[one.order.id for one in fillings],
        locations=[one.location for one in fillings],
        numbers=[one.order.number for one in fillings],
    )
    mine = {(row.order_id, row.location): row.label for row in rows}
    used = {(row.location, row.label) for row in rows}
    return [
        one.label or mine.get((one.order.id, one.location)) or _made(one, used) for one in fillings
    ]


def _made(one: Filling, used: set[tuple[str, str]]) -> str:
    """The order's number; with its id where another merchant's order has that number in use."""
    if (one.location, one.order.number) not in used:
        return one.order.number
    end = f"-{one.order.id}"
    return one.order.number[: LONGEST_LABEL - len(end)] + end
