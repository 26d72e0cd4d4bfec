"""Remedies with what each would change, found by the planner on a copy."""

from collections.abc import Iterator
from dataclasses import dataclass

from fulfillment.domain.insight.explanation import ExplanationContext
from fulfillment.domain.insight.impact import Impact
from fulfillment.domain.insight.remedies import candidates
from fulfillment.domain.insight.remedy import Remedy, RemedyCode
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.domain.model.supply import Supply
from fulfillment.store.commands.orders.remedy_changes import CHANGES
from fulfillment.store.insight.queue_neighbours import MOST_AHEAD
from fulfillment.store.planning.change import Change, simulated
from fulfillment.store.reading.views.explanations import TriedRemedy
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

UNSTORED = 2**62
"""Ids of supply that is only simulated, behind all that is stored."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The order that remedies are tried for, and who stands before it."""

    order: Order
    around: ExplanationContext

    def change_of(self, remedy: Remedy) -> Change:
        """The change that a remedy stands for."""
        number = self.order.number
        if remedy.code in CHANGES:
            return CHANGES[remedy.code](number, remedy)
        ahead = {one.order for one in self.around.ahead}
        came = {(a.sku, remedy.location or ""): a.units for a in remedy.arrivals}
        gone = {place: -units for place, units in remedy.leaving.items()}
        return Change(
            number,
            arriving=came | gone,
            coming=tuple(_coming(remedy)),
            received={arrival.supply: arrival.units for arrival in remedy.arrivals},
            ahead=ahead,
        )


def remedies(tx: Tx, order: Order, around: ExplanationContext) -> Iterator[TriedRemedy]:
    """Those candidates that would change something for the order, with what they would change."""
    first, trial = next(iter(load_locations(tx)), None), Trial(order, around)
    for remedy in candidates(order, around, first):
        if _is_of_supply(remedy) and len(around.ahead) > MOST_AHEAD:
            continue
        changes = _tried(tx, trial, remedy)
        if any(change.order == order.number for change in changes):
            yield TriedRemedy(
                code=remedy.code,
                sentence=remedy.sentence,
                changes=tuple(changes),
                subject=remedy.purchase or remedy.order or order.number,
                arguments={**remedy.arguments, **_document(tx, order, remedy)},
            )


def _is_of_supply(remedy: Remedy) -> bool:
    return bool(remedy.coming or remedy.arrivals)


def _tried(tx: Tx, trial: Trial, remedy: Remedy) -> list[Impact]:
    try:
        return simulated(tx, trial.change_of(remedy))
    except RefusedError:
        return []


def _coming(remedy: Remedy) -> list[Supply]:
    """What would be inbound; a purchase order begins as approved, a transfer has no status."""
    status = PurchaseOrderStatus.APPROVED if remedy.code is RemedyCode.BUY_MORE else None
    return [
        Supply(UNSTORED + at, sku, location, units, remedy.due_on, status=status)
        for at, ((sku, location), units) in enumerate(sorted(remedy.coming.items()))
    ]


# --- the documents that would be written ---------------------------------------------------------


def _document(tx: Tx, order: Order, remedy: Remedy) -> dict[str, object]:
    """What to send to have it written: under a number that is free, with a date to be mended."""
    if remedy.arrivals:
        arrived = [{"line": one.line, "units": one.units} for one in remedy.arrivals]
        number = _free_number(tx, order)
        return {"number": number, "location": remedy.location, "lines": arrived}
    if not remedy.coming:
        return {}
    rows: list[dict[str, object]] = [
        {"line": line, "sku": sku, "units": units, "location": location}
        for line, ((sku, location), units) in enumerate(sorted(remedy.coming.items()), 1)
    ]
    head: dict[str, object] = {"number": _free_number(tx, order)}
    if remedy.leaving:
        ((_, source),) = remedy.leaving
        destination = {row.pop("location") for row in rows}.pop()
        head = {"number": _free_number(tx, order), "source": source}
        head |= {"destination": destination, "ship": True}
    return {**head, "expected_on": remedy.due_on, "lines": rows}


LONGEST = 50
"""Letters of an order's number, beyond which its id stands in the number of a document."""

TAKEN = """
SELECT number FROM receipt WHERE merchant = :merchant AND starts_with(number, :base)
UNION SELECT number FROM transfer WHERE merchant = :merchant AND starts_with(number, :base)
UNION SELECT number FROM purchase_order WHERE merchant = :merchant AND starts_with(number, :base)
"""


def _free_number(tx: Tx, order: Order) -> str:
    """FOR- and the order's number, with another number behind it where that is taken."""
    base = f"FOR-{order.number if len(order.number) <= LONGEST else order.id}"
    taken = {row.number for row in tx.rows(TAKEN, merchant=tx.merchant, base=base)}
    names = (base, *(f"{base}-{at}" for at in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)
