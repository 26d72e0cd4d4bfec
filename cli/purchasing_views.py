"""Purchase orders and suggestions as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from cli.output import console, table

NAMED = 3
"""Orders that are named behind a suggestion; the rest is counted."""


def show_purchase_orders(found: Sequence[Mapping[str, Any]], *, more: bool) -> None:
    """A list of purchase orders."""
    names = ("number", "supplier", "status", "expected_on", "line_count")
    units = ("ordered", "received", "closed", "pegged")
    columns = ("number", "supplier", "status", "expected", "lines", *units)
    rows = [[one[name] for name in (*names, *units)] for one in found]
    console.print(table(f"{len(found)} purchase orders", columns, rows))
    _say_more(more=more)


def show_purchase_order(found: Mapping[str, Any]) -> None:
    """One purchase order with its lines, and where what came of it stands."""
    facts = [
        f"{name.replace('_', ' ')} {found[name]}"
        for name in ("status", "supplier", "expected_on")
        if found[name]
    ]
    console.print(Text(f"Purchase order {found['number']}: {', '.join(facts)}"))
    names = (
        "line", "sku", "location", "ordered", "received", "outstanding", "pegged", "expected_on",
    )  # fmt: skip
    columns = (*names[:-1], "expected")
    rows = [[line[name] for name in names] for line in found["lines"]]
    console.print(table("Lines", columns, rows))
    show_distribution(found["distribution"])


def show_distribution(found: Mapping[str, Any]) -> None:
    """How far what came is given out, in one line."""
    queues = f"{found['lines_waiting']} lines with {found['units_waiting']} units wait for its SKUs"
    released = f"its goods released {found['orders_released']} orders so far"
    if found["skus_owed"]:
        owed = f"{found['skus_owed']} of {found['skus']} SKUs are still owed a distribution"
        console.print(Text(f"{owed}; {released}; {queues}."))
    else:
        console.print(Text(f"Nothing is owed a distribution; {released}; {queues}."))


def show_suggestions(found: Sequence[Mapping[str, Any]], *, more: bool) -> None:
    """What should be bought, with the orders behind each number."""
    if not found:
        console.print("Nothing is to be bought.")
        return
    columns = ("supplier", "sku", "location", "units", "because", "orders")
    rows = [
        (
            one["supplier"] or "(none)",
            *(one[name] for name in ("sku", "location", "units")),
            _because(one),
            _orders(one),
        )
        for one in found
    ]
    console.print(table(f"{len(found)} suggestions", columns, rows))
    _say_more(more=more)


def _because(one: Mapping[str, Any]) -> str:
    """What waits and what there is, in words; counts of nothing are left out."""
    counts = [
        f"{one[name]} {name}" for name in ("waiting", "free", "coming", "drafted") if one[name]
    ]
    if one["for_reorder_level"]:
        counts.append(f"{one['for_reorder_level']} to the reorder level")
    return ", ".join(counts)


def _orders(one: Mapping[str, Any]) -> list[str]:
    named = [f"{order['number']} ({order['units']})" for order in one["orders"][:NAMED]]
    rest = one["order_count"] - len(named)
    return [*named, f"{rest} more"] if rest else named


def show_drafted(done: Mapping[str, Any]) -> None:
    """The purchase orders that were drafted, and what was left out."""
    drafted = done["purchase_orders"]
    rows = [
        (
            one["number"],
            one["supplier"],
            len(one["lines"]),
            sum(line["ordered"] for line in one["lines"]),
            one["expected_on"],
        )
        for one in drafted
    ]
    if rows:
        columns = ("number", "supplier", "lines", "units", "expected")
        console.print(table(f"{len(rows)} purchase orders drafted", columns, rows))
    else:
        console.print("Nothing was drafted.")
    if left_out := done["without_supplier"]:
        words = f"Left out, since they have no supplier: {', '.join(left_out)}."
        console.print(Text(f"{words} Name one with --supplier, and them with --sku."))


def show_moved(moved: Mapping[str, Any]) -> None:
    """Where a purchase order stands now, in one line."""
    counts = {
        name: sum(line[name] for line in moved["lines"])
        for name in ("received", "outstanding", "pegged")
    }
    told = ", ".join(f"{units} {name}" for name, units in counts.items())
    console.print(Text(f"Purchase order {moved['number']}: status {moved['status']}, units {told}"))


def _say_more(*, more: bool) -> None:
    if more:
        console.print("and more: --limit shows them", style="dim")
