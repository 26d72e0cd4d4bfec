"""The supplies that stand behind the lines of transfers and returns."""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.purchase_orders.replanning import Was
from fulfillment.store.commands.supply.receiving.receivable import Line, Receivable
from fulfillment.store.records.saving.supplies import Facts, SupplyTold, supplied
from fulfillment.store.transactions.session import Tx


class NewLine(Protocol):
    """A line as it is written."""

    @property
    def line(self) -> int:
        """Its number."""
        ...

    @property
    def sku(self) -> str:
        """What."""
        ...

    @property
    def units(self) -> int:
        """How many."""
        ...


def check_lines(what: str, lines: Iterable[NewLine]) -> None:
    """Refuse a document without lines, a line that is there twice, and one of no units."""
    seen: set[int] = set()
    for index, line in enumerate(lines):
        if line.units <= 0:
            message = f"line {line.line} must be of a positive number of units"
            raise invalid("bad_quantity", message, f"lines[{index}].units")
        if line.line in seen:
            raise invalid("line_twice", f"line {line.line} is there twice", f"lines[{index}].line")
        seen.add(line.line)
    if not seen:
        raise invalid(f"empty_{what}", f"a {what} has at least one line", "lines")


def told_before(lines: Iterable[Line]) -> Mapping[int, Was]:
    """What pegs on these lines told so far: everybody who has one is planned anew."""
    return {line.supply: Was(line.expected_on) for line in lines}


def outstanding(lines: Iterable[Line]) -> list[Facts]:
    """What is still to come on these lines, as history tells it."""
    return [
        supplied(line.line, line.sku, line.location, line.outstanding, line.expected_on)
        for line in lines
        if line.outstanding
    ]


def told_of(document: Receivable, kind: str, facts: Facts) -> SupplyTold:
    """One thing that happened to a document."""
    return SupplyTold(document.kind, document.id, document.number, [(kind, facts)])


def set_inbound(tx: Tx, lines: Collection[Line]) -> None:
    """What is outstanding on these lines is under way."""
    tx.run(
        "UPDATE supply SET inbound = outstanding > 0 WHERE id = ANY(:supplies)",
        supplies=[line.supply for line in lines],
    )


def give_up(tx: Tx, lines: Collection[Line]) -> None:
    """What is outstanding on these lines will not come."""
    tx.run(
        "UPDATE supply SET closed = ordered - received, inbound = false WHERE id = ANY(:supplies)",
        supplies=[line.supply for line in lines],
    )
