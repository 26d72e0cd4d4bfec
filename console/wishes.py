"""What can be asked in a what-if: the forms that add a part to it, and the part that they make."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from console import form_values as given
from console.actions import Field
from fulfillment.domain.insight.what_if import STATUSES, parse, write
from fulfillment.domain.insight.wishes import (
    AdjustStock,
    Buy,
    CancelUnits,
    ChangeUnits,
    MoveDate,
    MoveStatus,
    Receive,
    SetPriority,
    Wish,
)
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.statuses import PurchaseOrderStatus

Values = Mapping[str, str]

SIGNED = re.compile(r"([+-]?)([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of wish: its words, what it has to be told, and the wish."""

    name: str
    title: str
    fields: tuple[Field, ...]
    make: Callable[[Values], Wish]


def added(name: str, values: Values) -> str:
    """The part that a form adds, as it stands in the address; refused where it makes none."""
    kind = next((one for one in KINDS if one.name == name), None)
    if kind is None:
        raise invalid("unknown_add", f"add is one of {', '.join(one.name for one in KINDS)}", "add")
    text = write(kind.make(values))
    parse(text)
    return text


def _move(values: Values) -> Wish:
    number, line = given.name(values, "number"), given.line_or_none(values, "line")
    on, days = given.day(values, "on"), values.get("days", "").strip()
    if (on is None) is (not days):
        raise invalid("bad_day", "write either how many days later, or the day", "days")
    if on is not None:
        return MoveDate(number, line, on=on)
    return MoveDate(number, line, days=_signed(values, "days", "days"))


def _signed(values: Values, field: str, what: str) -> int:
    found = SIGNED.fullmatch(values.get(field, "").strip())
    if found is None or not int(found[2]):
        raise invalid("bad_number", f"{what} are a whole number, with - where it is fewer", field)
    return int(found[0])


def _status(values: Values) -> PurchaseOrderStatus:
    told = values.get("status", "").strip().replace(" ", "_")
    if told not in STATUSES:
        raise invalid("bad_status", f"a status is one of {', '.join(STATUSES)}", "status")
    return PurchaseOrderStatus(told)


def _in_all(values: Values) -> int:
    """Units of a line, which may be none."""
    return 0 if values.get("units", "").strip() == "0" else given.needed_units(values, "units")


NUMBER = Field("number", "Purchase order", "text")
LINE = Field("line", "Line", "number", "All that is still to come, unless said.", needed=False)
SKU, ORDER = Field("sku", "SKU", "text"), Field("order", "Order", "text")
UNITS = Field("units", "Units", "number")

KINDS: Sequence[Kind] = (
    Kind("move", "A purchase order comes on another day",
         (NUMBER, LINE, Field("days", "Days later", "text", "-3 is three days earlier.",
                              needed=False),
          Field("on", "or on the day", "date", needed=False)),
         _move),
    Kind("status", "A purchase order has another status",
         (NUMBER, Field("status", "Status", "text", f"One of {', '.join(STATUSES)}.")),
         lambda v: MoveStatus(given.name(v, "number"), _status(v))),
    Kind("units", "Other units of a purchase order's line are ordered",
         (NUMBER, Field("line", "Line", "number"),
          Field("units", "Units", "number", "In all, with those that came; as many as came closes"
                " the line.")),
         lambda v: ChangeUnits(given.name(v, "number"), given.line(v, "line"),
                               _in_all(v))),
    Kind("buy", "More is bought",
         (SKU, UNITS, Field("on", "For the day", "date"),
          Field("location", "To", "location", needed=False)),
         lambda v: Buy(given.name(v, "sku"), given.needed_units(v, "units"),
                       _needed(given.day(v, "on")), given.location(v, "location"))),
    Kind("receive", "Goods are here now",
         (NUMBER, Field("line", "Line", "number"), UNITS),
         lambda v: Receive(given.name(v, "number"), given.line(v, "line"),
                           given.needed_units(v, "units"))),
    Kind("priority", "An order has another priority",
         (ORDER, Field("priority", "Priority", "number",
                       "0 is served first, 50 is usual, 100 is last.")),
         lambda v: SetPriority(given.name(v, "order"), given.priority(v, "priority"))),
    Kind("cancel", "Units of an order are cancelled",
         (ORDER, Field("line", "Line", "number", "The whole order, unless said.", needed=False),
          Field("units", "Units", "number", "All that has not left of the line, unless said.",
                needed=False)),
         lambda v: CancelUnits(given.name(v, "order"), given.line_or_none(v, "line"),
                               given.units(v, "units"))),
    Kind("stock", "More or less is on hand",
         (SKU, Field("units", "Units more", "text", "-5 is five fewer."),
          Field("location", "At", "location")),
         lambda v: AdjustStock(given.name(v, "sku"), _signed(v, "units", "units"),
                               given.location(v, "location") or "")),
)  # fmt: skip


def _needed(on: date | None) -> date:
    if on is None:
        raise invalid("bad_day", "write a day as 2026-03-31", "on")
    return on
