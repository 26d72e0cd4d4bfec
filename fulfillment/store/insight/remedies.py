"""Remedies with what each would change, found by the planner on a copy."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fulfillment.domain.insight.explanation import ExplanationContext
from fulfillment.domain.insight.impact import Outcome
from fulfillment.domain.insight.remedies import Remedy, RemedyCode, candidates
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import manual
from fulfillment.store.planning.change import Change, simulated
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

CHANGES: dict[RemedyCode, Callable[[str, Remedy], Change]] = {
    RemedyCode.CANCEL_SHORT: lambda number, _: manual.remove_unavailable(number),
    RemedyCode.SHIP_AS_AVAILABLE: lambda number, remedy: manual.policy(
        number, _knobs(remedy.arguments["set"])
    ),
    RemedyCode.SPLIT_NOW: lambda number, _: manual.split(number),
    RemedyCode.ALLOCATE: lambda number, _: manual.allocate(number),
    RemedyCode.RAISE_PRIORITY: lambda number, remedy: manual.priority(
        number, int(str(remedy.arguments["priority"]))
    ),
    RemedyCode.UNLOCK: lambda number, _: manual.lock(number, None),
    RemedyCode.TRANSFER: lambda number, remedy: Change(number, arriving=remedy.arriving),
    RemedyCode.RECEIVE_MORE: lambda number, remedy: Change(number, arriving=remedy.arriving),
}
"""What is asked for by each remedy: the very changes that the commands make."""


def remedies(tx: Tx, order: Order, around: ExplanationContext) -> list[dict[str, Any]]:
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
        return simulated(tx, change_of(number, remedy))
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
