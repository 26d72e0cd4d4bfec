"""Purchase orders, what should be bought, receipts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.blocks import Block, Line, column, number, words
from cli.client.table import Answer
from cli.client.views import grid, told

SUMMARY = (
    column("number"), words("supplier"), column("status"), column("expected_on", "expected"),
    number("ordered"), number("received"), number("closed"), number("pegged"),
)  # fmt: skip
LINES = (
    number("line"), column("sku"), column("location"), number("ordered"), words("packs"),
    number("received"), number("outstanding"), number("pegged"), column("expected_on", "expected"),
)  # fmt: skip
WAITERS = (
    column("order"), column("status"), number("priority"), number("units"), number("pinned"),
    column("expected_on", "expected"), column("completes"),
)  # fmt: skip
SUGGESTIONS = (
    words("supplier"), column("sku"), column("location"), number("units"), words("because"),
    words("orders"),
)  # fmt: skip
NAMED = 3
"""Orders that are named behind a suggestion; the rest is counted."""


def purchase_order(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """A purchase order with its lines, and how far what came of it is given out."""
    facts = {"status": "status", "supplier": "supplier", "expected_on": "expected on"}
    if answer["partly_received"]:
        answer = {**answer, "status": f"{answer['status']}, partly received"}
    yield Line(f"Purchase order {answer['number']}: {told(answer, facts)}")
    yield grid("Lines", LINES, [line | {"packs": _packs(line)} for line in answer["lines"]])
    yield from distribution(answer)


def _packs(line: Mapping[str, Any]) -> str:
    """What was ordered in packs: `5 x carton + 3`."""
    if not (pack := line["pack"]):
        return ""
    loose = f" + {pack['loose']}" if pack["loose"] else ""
    return f"{pack['quantity']} x {pack['name']}{loose}"


def distribution(answer: Answer) -> Iterable[Block]:
    """How far what came is given out, in one line."""
    found = answer["distribution"]
    queues = f"waiting for its SKUs: lines {found['lines_waiting']}, units {found['units_waiting']}"
    released = f"its goods released {found['orders_released']} orders so far"
    owed = (
        f"{found['skus_owed']} of {found['skus']} SKUs are still owed a distribution"
        if found["skus_owed"]
        else "Nothing is owed a distribution"
    )
    yield Line(f"{owed}; {released}; {queues}.")


def moved(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """Where a purchase order stands now, in one line."""
    counts = {
        name: sum(line[name] for line in answer["lines"])
        for name in ("received", "outstanding", "pegged")
    }
    units = ", ".join(f"{count} {name}" for name, count in counts.items())
    status = f"{answer['status']}{', partly received' if answer['partly_received'] else ''}"
    yield Line(f"Purchase order {answer['number']}: status {status}, units {units}")


def suggestions(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What should be bought, with the orders behind each number."""
    items = answer["items"]
    if not items:
        yield Line("Nothing is to be bought.")
        return
    rows = [
        one
        | {"supplier": one["supplier"] or "(none)", "because": _because(one), "orders": _named(one)}
        for one in items
    ]
    yield grid(f"{len(items)} suggestions", SUGGESTIONS, rows)


def _because(one: Mapping[str, Any]) -> str:
    """What waits and what there is, in words; counts of nothing are left out."""
    names = ("waiting", "free", "coming", "drafted")
    counts = [f"{one[name]} {name}" for name in names if one[name]]
    if one["for_reorder_level"]:
        counts.append(f"{one['for_reorder_level']} to the reorder level")
    if one["surplus"]:
        counts.append(f"{one['surplus']} needed no more in {', '.join(one['drafts'])}")
    return ", ".join(counts)


def _named(one: Mapping[str, Any]) -> Sequence[str]:
    named = [f"{order['number']} ({order['units']})" for order in one["orders"][:NAMED]]
    rest = one["order_count"] - len(named)
    return [*named, f"{rest} more"] if rest else named


def drafted(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """The purchase orders that were drafted, and what was left out."""
    made = answer["purchase_orders"]
    columns = (
        column("number"), words("supplier"), number("lines"), number("units"),
        column("expected_on", "expected"),
    )  # fmt: skip
    rows = [
        one | {"lines": len(one["lines"]), "units": sum(line["ordered"] for line in one["lines"])}
        for one in made
    ]
    if rows:
        yield grid(f"{len(rows)} purchase orders drafted", columns, rows)
    else:
        yield Line("Nothing was drafted.")
    if left_out := answer["without_supplier"]:
        skus = ", ".join(left_out)
        yield Line(
            f"Left out, since they have no supplier: {skus}."
            " Name one with --supplier, and them with --sku."
        )


def receipt(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """A receipt, and what of it goes straight to which shipments."""
    head = f"Receipt {answer['number']} for {answer['document']} at {answer['location']}"
    if answer["reversed_at"]:
        head += f", taken back: {answer['reversal_reason']}"
    yield Line(head)
    columns = (
        number("line"), column("sku"), column("disposition"), number("units"),
        number("to_shipments"), number("to_shelf"), number("undistributed"),
    )  # fmt: skip
    yield grid("Lines", columns, answer["lines"])
    straight = [
        {"line": line["line"]} | part for line in answer["lines"] for part in line["shipments"]
    ]
    if straight:
        docked = (number("line"), column("order"), number("shipment"), number("units"))
        yield grid("Straight to these shipments", docked, straight)
