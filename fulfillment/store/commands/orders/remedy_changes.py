"""What is asked of an order by each remedy: the very changes that the commands make."""

from collections.abc import Callable, Mapping

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.insight.remedy import Remedy, RemedyCode
from fulfillment.store.commands.orders import lifecycle, line_changes, manual, pins
from fulfillment.store.planning.change import Change

Made = Callable[[str, Remedy], Change]


def _cancel_short(number: str, remedy: Remedy) -> Change:
    lines = remedy.arguments.get("lines")
    if not isinstance(lines, list):
        return manual.remove_unavailable(number)
    return line_changes.cancelling_units(number, [LineUnits(**line) for line in lines])


def _knobs(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


CHANGES: Mapping[RemedyCode, Made] = {
    RemedyCode.LIFT_HOLD: lambda number, _: lifecycle.unhold(number, None),
    RemedyCode.VERIFY: lambda number, _: lifecycle.verify(number),
    RemedyCode.CANCEL_SHORT: _cancel_short,
    RemedyCode.SHIP_AS_AVAILABLE: lambda number, remedy: manual.policy(
        number, _knobs(remedy.arguments["set"])
    ),
    RemedyCode.SPLIT_NOW: lambda number, _: manual.split(number),
    RemedyCode.ALLOCATE: lambda number, _: manual.allocate(number),
    RemedyCode.RESUME_ALLOCATION: lambda number, _: manual.resume_allocation(number),
    RemedyCode.RAISE_PRIORITY: lambda number, remedy: manual.priority(
        number, int(str(remedy.arguments["priority"]))
    ),
    RemedyCode.UNPIN: lambda number, remedy: pins.pin(
        remedy.order or number, int(str(remedy.arguments["line"])), ()
    ),
    RemedyCode.UNLOCK: lambda number, _: manual.lock(number, None),
}
"""By the remedy's code, those that are asked of an order; the others are documents of supply."""
