"""Remedies with what each would change, found by the planner on a copy."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fulfillment.domain.explanation import Surroundings
from fulfillment.domain.orders import Order
from fulfillment.domain.outcome import Outcome
from fulfillment.domain.refusals import RefusedError
from fulfillment.domain.remedies import Fix, Remedy, candidates
from fulfillment.store.commands import hands
from fulfillment.store.commands.changing import Change, imagined
from fulfillment.store.loading import load_locations
from fulfillment.store.session import Tx

CHANGES: dict[Fix, Callable[[str, Remedy], Change]] = {
    Fix.CANCEL_SHORT: lambda number, _: hands.remove_unavailable(number),
    Fix.SHIP_AS_AVAILABLE: lambda number, remedy: hands.policy(
        number, _knobs(remedy.arguments["set"])
    ),
    Fix.SPLIT_NOW: lambda number, _: hands.split(number),
    Fix.ALLOCATE: lambda number, _: hands.allocate(number),
    Fix.RAISE_PRIORITY: lambda number, remedy: hands.priority(
        number, int(str(remedy.arguments["priority"]))
    ),
    Fix.UNLOCK: lambda number, _: hands.lock(number, None),
    Fix.TRANSFER: lambda number, remedy: Change(number, arriving=remedy.arriving),
    Fix.RECEIVE_MORE: lambda number, remedy: Change(number, arriving=remedy.arriving),
}
"""What is asked for by each remedy: the very changes that the commands make."""


def remedies(tx: Tx, order: Order, around: Surroundings) -> list[dict[str, Any]]:
    """Those candidates that would change something for the order, with what they would change."""
    first = next(iter(load_locations(tx)), None)
    told = []
    for remedy in candidates(order, around, first):
        changes = _tried(tx, order.number, remedy)
        if any(change.order == order.number for change in changes):
            told.append(
                {
                    "code": remedy.code,
                    "sentence": remedy.sentence,
                    "arguments": dict(remedy.arguments) | _stock(remedy),
                    "changes": [asdict(change) for change in changes],
                }
            )
    return told


def change_of(number: str, remedy: Remedy) -> Change:
    """The change that a remedy stands for."""
    return CHANGES[remedy.code](number, remedy)


def _tried(tx: Tx, number: str, remedy: Remedy) -> list[Outcome]:
    try:
        return imagined(tx, change_of(number, remedy))
    except RefusedError:
        return []


def _stock(remedy: Remedy) -> dict[str, Any]:
    if not remedy.arriving:
        return {}
    rows = [
        {"sku": sku, "location": at, "units": units}
        for (sku, at), units in sorted(remedy.arriving.items())
        if units
    ]
    return {"stock": rows}


def _knobs(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}
