"""Orders, what a change makes of them, and why they wait. `--json` has contact and address too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cli.blocks import Block, Column, Grid, Line, column, number, words
from cli.client.table import Answer
from cli.client.views import grid, told

Row = Mapping[str, Any]

HEAD = {
    "status": "status", "priority": "priority", "placed_at": "placed at", "ship_by": "ship by",
    "shipping_method": "sent by", "deliver_by": "deliver by", "leave_by": "leave by",
    "waiting_units": "waiting units", "holds": "holds", "lock_location": "lock location",
    "pickup_location": "pickup location", "ready_since": "ready since",
    "cancels_on": "cancels on", "finished_at": "finished at",
}  # fmt: skip
COUNTS = ("allocated", "not_yet_received", "pegged", "backordered", "ready", "cancelled")
LINES = (
    number("line"), column("sku"), number("ordered"), number("allocated"),
    number("not_yet_received"), number("backordered", "waiting"), number("shipped"),
    words("promise"), column("by_hand", "by hand"),
)  # fmt: skip
WANTED_ON = column("wanted_on", "wanted on")
SHIPMENTS = (
    number("id"), number("number", "no"), column("status"), column("location"), number("units"),
    column("expected_on", "expected"), number("parent", "from"), words("tracking"),
)  # fmt: skip
ORDERS = tuple(map(column, ("number", "status", "leave by", "allocated", "waits for", "promised")))
ARCHIVED = (
    column("number"), column("status"), column("placed_at", "placed"),
    column("finished_at", "finished"), column("month", "archived in"),
    column("gone", "taken away"),
)  # fmt: skip
HISTORY = (column("at"), column("kind", "what"), words("actor", "who"), words("reason", "why"))
OUTCOMES = (column("order"), words("what"), words("now"), words("then"))
UNITS = (number("line"), column("sku"), number("units"))


def order(answer: Answer, _: Row) -> Iterable[Block]:
    """One order with its lines and shipments."""
    yield Line(f"Order {answer['number']}: {told(answer, HEAD)}")
    lines = [line | {"by_hand": "yes" if line["by_hand"] else None} for line in answer["lines"]]
    wanted = [WANTED_ON] if any(line["wanted_on"] for line in lines) else []
    yield grid("Lines", [*LINES, *wanted], lines)
    shipments = [
        one | {"units": sum(line["units"] for line in one["lines"])} for one in answer["shipments"]
    ]
    yield grid("Shipments", SHIPMENTS, shipments)


def orders(answer: Answer, _: Row) -> Iterable[Block]:
    """A list of orders: how far each is, what it waits for, what is promised."""
    items = answer["items"]
    yield Grid(f"{len(items)} orders", ORDERS, [_summary(one) for one in items])


def archived(answer: Answer, _: Row) -> Iterable[Block]:
    """A list of archived orders."""
    shown = [one | {"gone": "yes" if one["taken_away"] else None} for one in answer["items"]]
    yield grid(f"{len(shown)} archived orders", ARCHIVED, shown)


def _summary(one: Row) -> Sequence[object]:
    return (
        one["number"],
        one["status"],
        one["leave_by"],
        f"{one['allocated']} of {one['to_go']}" if one["to_go"] else None,
        "\n".join(_awaited(one)),
        one["promised_on"],
    )


def _awaited(one: Row) -> Iterator[str]:
    """What it waits for: how many of which SKU, from what, when; as many as a row names."""
    for awaited in one["awaits"]:
        yield f"{awaited['units']} {awaited['sku']}"
        if awaited["supply"]:
            yield f"of {awaited['supply']}"
            yield f"on {awaited['on']}" if awaited["on"] else "no date"
    if left := one["awaits_count"] - len(one["awaits"]):
        yield f"and {left} more"


def history(answer: Answer, arguments: Row) -> Iterable[Block]:
    """What happened to an order, and who did it."""
    yield grid(f"History of order {arguments['number']}", HISTORY, answer["items"])


# --- what a change makes of orders ----------------------------------------------------------------


def changed(answer: Answer, _: Row) -> Iterable[Block]:
    """Where the order stands now, or what a preview says of every order."""
    if "outcomes" in answer:
        yield outcomes(answer["outcomes"])
        return
    yield Line(f"Order {answer['number']}: {standing(answer)}")
    for field in ("taken", "short", "lines"):
        if rows := answer.get(field):
            yield grid(field.capitalize(), UNITS, rows)
    if why := answer.get("why_not_released"):
        yield Line(f"Not released: {why['sentence']}.")


def standing(answer: Row) -> str:
    """The order's status, and how much of it waits."""
    units = answer["waiting_units"]
    waits = f", {units} unit{'s wait' if units > 1 else ' waits'}" if units else ""
    return f"status {answer['status']}{waits}"


def moved(answer: Answer, _: Row) -> Iterable[Block]:
    """Where a shipment stands now, or what a preview says of every order."""
    if "outcomes" in answer:
        yield outcomes(answer["outcomes"])
        return
    left = f" as {answer['tracking']}" if answer["tracking"] else ""
    yield Line(f"Shipment {answer['id']} of order {answer['order']}: {answer['status']}{left}")


def outcomes(found: Sequence[Row]) -> Grid:
    """A row for everything that would change of an order."""
    rows = [
        (one["order"], what, before, after)
        for one in found
        for what, before, after in differences(one["before"], one["after"])
    ]
    return Grid(_title(len(found)), OUTCOMES, rows)


def _title(count: int) -> str:
    if not count:
        return "Nothing would change"
    return f"{count} orders would change" if count > 1 else "1 order would change"


def differences(before: Row, after: Row) -> list[tuple[str, object, object]]:
    """What of an order would be otherwise."""
    names = [name for name in ("status", *COUNTS) if before[name] != after[name]]
    rows: list[tuple[str, object, object]] = [
        (name.replace("_", " "), before[name], after[name]) for name in names
    ]
    if before["promised"] != after["promised"]:
        rows.append(("promise", slices(before["promised"]), slices(after["promised"])))
    return rows


def slices(pieces: Sequence[Row]) -> str:
    """Units by day."""
    return ", ".join(f"{piece['units']} on {piece['on']}" for piece in pieces)


# --- why one waits --------------------------------------------------------------------------------


def explanation(answer: Answer, _: Row) -> Iterable[Block]:
    """Each waiting line with its reasons, and what would help."""
    is_ = f"Order {answer['number']} is {answer['status']}"
    if not answer["waiting"]:
        yield Line(f"{is_}; nothing of it waits.")
        return
    yield Line(f"{is_}.")
    for line in answer["waiting"]:
        yield Line(
            f"line {line['line']} {line['sku']}: {line['wanted']} of {line['units']} wait"
            f" (shipment {line['shipment']}, {line['status']}){_place(line)}",
            style="bold",
        )
        for reason in line["reasons"]:
            yield Line(reason["sentence"], indent=2, term=reason["code"])
    if answer["remedies"]:
        yield Line("What would help, if done now:", style="bold")
    for remedy in answer["remedies"]:
        yield Line(remedy["sentence"], indent=2, term=remedy["code"])
        for change in remedy["changes"]:
            yield Line(_difference(change), indent=6, style="dim")


def _place(line: Row) -> str:
    """Where it stands in the queue, if anybody waits before it."""
    if line["place"] == 1:
        return ""
    return f", place {line['place']} in the queue, {line['wanted_ahead']} wanted ahead"


def _difference(change: Row) -> str:
    """One order before and after, naming only what differs."""
    before, after = change["before"], change["after"]
    differing = [
        f"{name.replace('_', ' ')} {before[name]} -> {after[name]}"
        for name in ("status", "allocated", "ready", "backordered", "cancelled")
        if before[name] != after[name]
    ]
    return f"{change['order']}: {', '.join(differing) or 'another promise'}"


def promise(answer: Answer, _: Row) -> Iterable[Block]:
    """When a basket could ship, and from what."""
    whole = answer["complete_on"]
    yield Line(f"All of it on {whole}" if whole else "Nothing promises all of it")
    columns: tuple[Column, ...] = (*UNITS, words("promise"), words("met", "met by"))
    lines = [line | {"met": [_met(one) for one in line["met_by"]]} for line in answer["lines"]]
    yield grid("Lines", columns, lines)


def _met(one: Row) -> str:
    return f"{one['units']} {one['source'] or one['what']}"


def accepted(answer: Answer, arguments: Row) -> Iterable[Block]:
    """An order that was taken in; as it stands, where it is known or was waited for."""
    if "lines" in answer:
        yield from order(answer, arguments)
    else:
        yield Line(f"Order {answer['number']} is taken in: status {answer['status']}")


def batch(answer: Answer, _: Row) -> Iterable[Block]:
    """What became of each order of many."""
    counts = ("created", "existing", "refused")
    yield Line(", ".join(f"{answer[name]} {name}" for name in counts))
    refused = [one for one in answer["results"] if one["problem"]]
    if refused:
        columns = (number("index"), column("number"), words("problem.detail", "why"))
        yield grid("Refused", columns, refused)


def results(answer: Answer, _: Row) -> Iterable[Block]:
    """What became of each shipment of many."""
    yield Line(f"{answer['done']} done, {answer['refused']} refused")
    refused = [one for one in answer["results"] if one["problem"]]
    if refused:
        yield grid("Refused", (number("shipment"), words("problem.detail", "why")), refused)


# --- what was paid --------------------------------------------------------------------------------

PAYMENTS = (
    number("id"), column("order"), column("kind"), column("status"),
    number("amount_minor", "minor units"), column("currency"), column("at"), words("reference"),
)  # fmt: skip


def payments(answer: Answer, _: Row) -> Iterable[Block]:
    """Entries of the ledger; of one order, with where its payment stands."""
    if "payment" in answer:
        yield Line(f"Order {answer['order']}: payment {answer['payment']['status']}")
    yield grid(f"{len(answer['items'])} entries", PAYMENTS, answer["items"])
