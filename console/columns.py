"""The columns that a list of orders can have: one table, for the page and for the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.model.refusals import invalid
from fulfillment.store.reading.views.orders import AwaitedSupply, OrderSummary

Cell = str | int | date | datetime | None
References = Mapping[str, str]
"""What customers call their orders, by number."""


@dataclass(frozen=True, slots=True)
class OrderColumn:
    """One column: its name in addresses and files, its title, and what a file has in it."""

    name: str
    title: str
    cell: Callable[[OrderSummary, References], Cell]
    is_number: bool = False


def awaited(one: AwaitedSupply) -> str:
    """What some units wait for, in a few words."""
    supply = f" of {one.supply}" if one.supply else ""
    return f"{one.units} {one.sku}{supply} {one.on or 'no date'}"


def _waits_for(one: OrderSummary, _: References) -> str:
    return "; ".join(awaited(each) for each in one.awaits)


COLUMNS: Sequence[OrderColumn] = (
    OrderColumn("number", "Order", lambda one, _: one.number),
    OrderColumn("status", "Status", lambda one, _: one.status),
    OrderColumn("holds", "Holds", lambda one, _: " ".join(one.holds)),
    OrderColumn("customer_reference", "Customer's reference",
                lambda one, references: references.get(one.number)),
    OrderColumn("placed_at", "Placed", lambda one, _: one.placed_at),
    OrderColumn("priority", "Priority", lambda one, _: one.priority, is_number=True),
    OrderColumn("lines", "Lines", lambda one, _: one.line_count, is_number=True),
    OrderColumn("ordered", "Ordered", lambda one, _: one.ordered, is_number=True),
    OrderColumn("shipped", "Shipped", lambda one, _: one.shipped, is_number=True),
    OrderColumn("cancelled", "Cancelled", lambda one, _: one.cancelled, is_number=True),
    OrderColumn("to_go", "To go", lambda one, _: one.to_go, is_number=True),
    OrderColumn("allocated", "Allocated", lambda one, _: one.allocated, is_number=True),
    OrderColumn("waiting", "Waiting", lambda one, _: one.waiting_units, is_number=True),
    OrderColumn("waits_for", "Waits for", _waits_for),
    OrderColumn("promise", "Promise", lambda one, _: one.promised_on),
    OrderColumn("first_promise", "Promised first", lambda one, _: one.first_promised_on),
    OrderColumn("ship_by", "Ship by", lambda one, _: one.leave_by),
    OrderColumn("ready_since", "Ready since", lambda one, _: one.ready_since),
    OrderColumn("target_day", "Target day", lambda one, _: one.target_ship_on),
    OrderColumn("wanted_on", "Wanted on", lambda one, _: one.wanted_on),
    OrderColumn("locked_to", "Locked to", lambda one, _: one.lock_location),
    OrderColumn("picked_up_at", "Picked up at", lambda one, _: one.pickup_location),
    OrderColumn("sent_by", "Sent by", lambda one, _: one.shipping_method),
    OrderColumn("finished_at", "Finished", lambda one, _: one.finished_at),
)  # fmt: skip
BY_NAME: Mapping[str, OrderColumn] = {one.name: one for one in COLUMNS}

KEY = COLUMNS[0]
"""An order's number is in every list: it leads to the order."""

USUAL: Sequence[OrderColumn] = tuple(
    BY_NAME[name]
    for name in ("number", "status", "placed_at", "priority", "allocated", "waiting", "waits_for",
                 "promise", "ship_by", "ready_since")
)  # fmt: skip
"""What a page has where none are chosen; a file has all of them then."""


def columns_of(said: Sequence[str]) -> tuple[OrderColumn, ...] | None:
    """The columns that an address names, each once, the number first; None where it names none.

    They may be one word each, as a form sends them, or several with commas between.
    """
    names = [name for some in said for name in some.split(",") if name]
    if not names:
        return None
    for name in names:
        if name not in BY_NAME:
            message = f"there is no column {name!r}; there are {', '.join(BY_NAME)}"
            raise invalid("unknown_column", message, "columns")
    return tuple(BY_NAME[name] for name in dict.fromkeys([KEY.name, *names]))
