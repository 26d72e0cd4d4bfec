"""What a person can ask of an order on its page: a table, as the API's routes are one.

What is allowed is the order's to say (`OrderView.actions`); the forms are made of the fields here,
and the change is the very one that the API makes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from console import form_values as given
from console.entries import Reader, Values
from fulfillment.domain.actions.allowed import OrderAction
from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.model.permissions import Permission
from fulfillment.store.commands.orders import details, lifecycle, line_changes, manual, pins
from fulfillment.store.commands.orders.pins import Pinned
from fulfillment.store.planning.change import Change

Kind = Literal["text", "number", "date", "line", "every_line", "location", "hold", "supply"]
WRITE = Permission.WRITE_ORDERS
SUPPLY_KINDS = ("purchase_order", "transfer", "return", "restock")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an action has to be told; its kind says how it is asked for.

    `reads` says what it can mean, where the kind does not.
    """

    name: str
    label: str
    kind: Kind
    hint: str = ""
    needed: bool = True
    reads: Reader | None = None


READERS: Mapping[Kind, Reader] = {
    "number": given.needed_units,
    "date": given.day,
    "line": given.line,
    "every_line": given.line_or_none,
    "location": given.location,
    "hold": given.code_or_none,
}


def readers_of(fields: Iterable[Field]) -> dict[str, Reader]:
    """What reads each field."""
    return {one.name: one.reads or READERS.get(one.kind, given.words) for one in fields}


@dataclass(frozen=True, slots=True)
class Action:
    """One action: its words, what it has to be told, and the change that it asks for."""

    name: OrderAction
    title: str
    says: str
    make: Callable[[str, Values], Change]
    fields: tuple[Field, ...] = ()
    permission: Permission = WRITE

    @property
    def verb(self) -> str:
        """The verb of the command, as the API says it."""
        return str(self.name)

    @property
    def button(self) -> str:
        """What the button says that does it."""
        return self.title


LINE = Field("line", "Line", "line")
SOME_LINES = Field("line", "Line", "every_line", needed=False)


def _cancel(number: str, values: Values) -> Change:
    lines = [LineUnits(*pair) for pair in given.lines(values, "lines")]
    return line_changes.cancelling_units(number, lines) if lines else lifecycle.cancel(number)


def _pin(number: str, values: Values) -> Change:
    document = given.name(values, "document")
    kind = given.one_of(values, "kind", SUPPLY_KINDS) if document else ""
    wanted = [Pinned(document, kind, None, given.units(values, "units"))] if document else []
    return pins.pin(number, given.line(values, "line"), wanted)


def _policy(number: str, values: Values) -> Change:
    return manual.policy(number, given.settings(values, "set"), given.names(values, "unset"))


A = OrderAction

ACTIONS: Sequence[Action] = (
    Action(A.VERIFY, "Verify", "Say that the order is good. What waits only for that is released.",
           lambda number, _: lifecycle.verify(number)),
    Action(A.UNHOLD, "Lift the hold", "Let the order go on; what waits only for that is released.",
           lambda number, v: lifecycle.unhold(number, given.code_or_none(v, "reason")),
           (Field("reason", "Hold", "hold", needed=False),)),
    Action(A.BACK_TO_SHIP, "Back to ship",
           "Take what is free now, past gates and by hand, and release what the policy allows.",
           lambda number, _: manual.back_to_ship(number)),
    Action(A.SPLIT, "Split now",
           "Let go what is allocated; the rest waits on in a shipment of its own.",
           lambda number, _: manual.split(number)),
    Action(A.ALLOCATE, "Allocate by hand", "Take what nobody holds, whatever the policy says.",
           lambda number, v: manual.allocate(number, given.line_or_none(v, "line")),
           (SOME_LINES,)),
    Action(A.REMOVE_UNAVAILABLE, "Cancel what is missing",
           "Cancel what is not here; ship the rest.",
           lambda number, _: manual.remove_unavailable(number)),
    Action(A.RESUME_ALLOCATION, "Resume allocation", "Let it take stock by itself again.",
           lambda number, v: manual.resume_allocation(number, given.line_or_none(v, "line")),
           (SOME_LINES,)),
    Action(A.PRIORITY, "Change priority",
           "Another place in the queue: it takes and gives as it would have from there.",
           lambda number, v: manual.priority(number, given.priority(v, "priority")),
           (Field("priority", "Priority", "number", "0 is served first, 50 is usual, 100 is last.",
                  reads=given.priority),)),
    Action(A.HOLD, "Hold", "Keep it from going on; it keeps its units and its place in the queue.",
           lambda number, v: lifecycle.hold(number, given.code(v, "reason")),
           (Field("reason", "Reason", "text",
                  "A short code, such as payment_review: small letters, digits and _.",
                  reads=given.code),)),
    Action(A.LOCK, "Lock to a location", "Ship it from one location only; none unlocks it.",
           lambda number, v: manual.lock(number, given.location(v, "location")),
           (Field("location", "Location", "location", needed=False),)),
    Action(A.POLICY, "Change its policy", "Other settings for this order alone.",
           _policy,
           (Field("set", "Set", "text", "name=value, such as max_shipments=2 future_inventory=on.",
                  needed=False, reads=given.settings),
            Field("unset", "Leave to the merchant", "text", "Names of settings.", needed=False,
                  reads=given.names))),
    Action(A.PINS, "Pin a line", "Tie a line to what will come; without a document it is freed.",
           _pin,
           (LINE, Field("document", "Document", "text", "The number of what brings the units.",
                        needed=False, reads=given.name),
            Field("kind", "Kind", "supply", needed=False),
            Field("units", "Units", "number", "All that still waits, unless said.",
                  needed=False, reads=given.units))),
    Action(A.UNALLOCATE, "Give back", "Give back what it holds; it takes nothing by itself then.",
           lambda number, v: manual.unallocate(number, given.line_or_none(v, "line")),
           (SOME_LINES,)),
    Action(A.MARK_BACKORDERED, "Mark backordered", "Let a line wait by hand, whatever it held.",
           lambda number, v: manual.mark_backordered(number, given.line(v, "line")),
           (LINE,), Permission.MARK_BACKORDERED),
    Action(A.QUANTITY, "Change a quantity",
           "What a line is to be in all, in base units, what was shipped of it included.",
           lambda number, v: line_changes.quantity(
               number, given.line(v, "line"), given.needed_units(v, "units")),
           (LINE, Field("units", "Units", "number"))),
    Action(A.CANCEL_DATE, "Change the cancel date", "Until when what waits may wait.",
           lambda number, v: details.cancel_date(number, given.day(v, "on")),
           (Field("on", "Day", "date", "None gives it back to the policy.", needed=False),)),
    Action(A.CANCEL, "Cancel", "Cancel what has not left; its units go to those who wait.",
           _cancel,
           (Field("lines", "Lines", "text",
                  "The whole order unless said. 1 is line 1, and 1:2 two units of it.",
                  needed=False, reads=given.lines),)),
)  # fmt: skip
"""In the order in which they are shown: what helps an order that waits comes first."""

BY_NAME: Mapping[str, Action] = {str(action.name): action for action in ACTIONS}
