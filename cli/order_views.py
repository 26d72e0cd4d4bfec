"""Orders as tables. Contact and address are not shown: `--json` has them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from cli.output import console, table, words

HEAD = (
    "status", "priority", "placed_at", "ship_by", "waiting_units", "holds", "lock_location",
    "pickup_location", "ready_since", "finished_at",
)  # fmt: skip


def show_order(found: Mapping[str, Any]) -> None:
    """One order with its lines, shipments and history."""
    facts = [f"{name.replace('_', ' ')} {words(found[name])}" for name in HEAD if found[name]]
    console.print(Text(f"Order {found['number']}: {', '.join(facts)}"))
    console.print(
        table(
            "Lines",
            (
                "line",
                "sku",
                "ordered",
                "allocated",
                "not yet received",
                "waiting",
                "shipped",
                "promise",
                "by hand",
            ),
            [_line(line) for line in found["lines"]],
        )
    )
    console.print(
        table(
            "Shipments",
            ("no", "status", "location", "assigned", "units", "expected", "from", "tracking"),
            [_shipment(shipment) for shipment in found["shipments"]],
        )
    )
    history = [(e["at"], e["kind"], e["actor"], e["reason"]) for e in found["history"]]
    console.print(table("History", ("at", "what", "who", "why"), history))


def _line(line: Mapping[str, Any]) -> Sequence[object]:
    promise = [f"{p['units']} on {p['on']}" for p in line["promise"]]
    names = ("line", "sku", "ordered", "allocated", "not_yet_received", "backordered", "shipped")
    return *(line[name] for name in names), promise, "yes" if line["by_hand"] else None


def _shipment(shipment: Mapping[str, Any]) -> Sequence[object]:
    units = sum(line["units"] for line in shipment["lines"])
    return (
        shipment["number"],
        shipment["status"],
        shipment["location"],
        shipment["assigned_location"],
        units,
        shipment["expected_on"],
        shipment["parent"],
        shipment["tracking"],
    )


def show_orders(orders: Sequence[Mapping[str, Any]], *, more: bool) -> None:
    """A list of orders, within 80 columns; `--json` has every field."""
    names = ("number", "status", "ship by", "allocated", "waits for", "promised")
    console.print(table(f"{len(orders)} orders", names, [_summary(order) for order in orders]))
    if more:
        console.print("and more: --limit shows them", style="dim")


def _summary(order: Mapping[str, Any]) -> Sequence[object]:
    return (
        order["number"],
        order["status"],
        order["ship_by"],
        f"{order['allocated']} of {order['to_go']}" if order["to_go"] else None,
        "\n".join(_awaited(order)),
        order["promised_on"],
    )


def _awaited(order: Mapping[str, Any]) -> Iterator[str]:
    """What it waits for: how many of which SKU, from what, when; as many as a row names."""
    for one in order["awaits"]:
        yield f"{one['units']} {one['sku']}"
        if one["supply"]:
            yield from (f"of {one['supply']}", f"on {one['on']}" if one["on"] else "no date")
    if left := order["awaits_count"] - len(order["awaits"]):
        yield f"and {left} more"


def show_explanation(found: Mapping[str, Any]) -> None:
    """Each waiting line with its reasons."""
    if not found["waiting"]:
        console.print(Text(f"Order {found['number']} is {found['status']}; nothing of it waits."))
        return
    console.print(Text(f"Order {found['number']} is {found['status']}."))
    for line in found["waiting"]:
        head = (
            f"line {line['line']} {line['sku']}: {line['wanted']} of {line['units']} wait"
            f" (shipment {line['shipment']}, {line['status']}){_place(line)}"
        )
        console.print(Text(head, style="bold"))
        for reason in line["reasons"]:
            told = Text.assemble((f"{reason['code']}  ", "cyan"), reason["sentence"])
            console.print(Padding(told, (0, 0, 0, 2)))
    if found.get("remedies"):
        console.print(Text("What would help, if done now:", style="bold"))
    for remedy in found.get("remedies", ()):
        told = Text.assemble((f"{remedy['code']}  ", "cyan"), remedy["sentence"])
        console.print(Padding(told, (0, 0, 0, 2)))
        for change in remedy["changes"]:
            console.print(Padding(Text(_difference(change), style="dim"), (0, 0, 0, 6)))


def _place(line: Mapping[str, Any]) -> str:
    """Where it stands in the queue, if anybody waits before it."""
    if line["place"] == 1:
        return ""
    return f", place {line['place']} in the queue, {line['wanted_ahead']} wanted ahead"


def _difference(change: Mapping[str, Any]) -> str:
    """One order before and after, naming only what differs."""
    before, after = change["before"], change["after"]
    told = [
        f"{name.replace('_', ' ')} {before[name]} -> {after[name]}"
        for name in ("status", "allocated", "ready", "backordered", "cancelled")
        if before[name] != after[name]
    ]
    return f"{change['order']}: {', '.join(told) or 'another promise'}"
