"""What the history of a purchase order tells of a change of its lines."""

from collections.abc import Iterator, Sequence

from fulfillment.domain.model.statuses import INBOUND, PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders.finding import Line
from fulfillment.store.records.saving.supplies import Facts, dated


def told_of_change(
    old: Sequence[Line],
    changed: Sequence[Line],
    added: Sequence[Facts],
    status: PurchaseOrderStatus,
) -> Iterator[tuple[str, Facts]]:
    """Other dates, other units, lines that are new; each with how it was before."""
    was = {line.line: line for line in old}
    pairs = [(was[line.line], line) for line in changed]
    counted: Facts = {"counted": status in INBOUND}
    if moved := [_dated(before, now) for before, now in pairs if _is_moved(before, now)]:
        yield "date_moved", {"status": status, **counted, "lines": moved}
    if units := [_counted(before, now) for before, now in pairs if before.units != now.units]:
        yield "units_changed", {"status": status, "lines": units}
    if added:
        kind = "approved" if status in INBOUND else "written"
        yield kind, {"status": status, "lines": added}


def _is_moved(before: Line, now: Line) -> bool:
    return before.expected_on != now.expected_on


def _dated(before: Line, now: Line) -> Facts:
    days = (before.expected_on, now.expected_on)
    return dated(now.line, now.sku, now.location, max(now.outstanding, 0), days)


def _counted(before: Line, now: Line) -> Facts:
    return {"line": now.line, "sku": now.sku, "from": before.units, "to": now.units}
