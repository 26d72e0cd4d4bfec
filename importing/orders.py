"""Orders in, each with its lines, by rank, once by number; the relay starts their workflows."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from fulfillment.domain.model.rank import DEFAULT_PRIORITY
from fulfillment.store.commands.intake import (
    NewLine,
    NewOrder,
    Outcome,
    Taken,
    create_orders,
)
from importing.documents import BadDocumentError, Candidate, Join, fault_of, numbered
from importing.run import ACTOR, BATCH, Run
from importing.source import Source, Values
from importing.spool import Document, Spool
from importing.values import BadValueError, in_minor_units

Found = Candidate[NewOrder]

LAST = "9999"
"""Orders without a time are placed now: after all that have one."""


def import_orders(run: Run) -> None:
    """Take the orders in by rank, so that none is served before one that goes first."""
    heads, parts = run.sources["orders"], run.sources["order_lines"]

    def build(document: Document) -> NewOrder:
        head, lines = join.values_of(document)
        currency = str(head.get("currency", run.known.currency))
        prices = _prices(parts, lines, currency)
        return _order(document.number, head, lines, (numbered(lines, parts), prices))

    join: Join[NewOrder] = Join(run, heads, parts, _rank, build)
    with Spool() as spool:
        for batch in join.batches(spool, BATCH):
            _take(run, join, batch)


def _rank(head: Values) -> str:
    placed_at = head.get("placed_at")
    moment = placed_at.isoformat() if isinstance(placed_at, datetime) else LAST
    return f"{head.get('priority', DEFAULT_PRIORITY):03d} {moment}"


def _prices(parts: Source, lines: Sequence[Values], currency: str) -> list[int | None]:
    """What the lines cost, in the minor units of their order's currency."""
    return [_price(parts, line, index, currency) for index, line in enumerate(lines)]


def _price(parts: Source, line: Values, index: int, currency: str) -> int | None:
    amount = line.get("unit_price")
    if not isinstance(amount, Decimal):
        return None
    try:
        return in_minor_units(amount, currency, parts.formats)
    except BadValueError as error:
        column = parts.column_of("unit_price")
        raise BadDocumentError(index, column, str(error)) from error


def _order(
    number: str,
    head: Values,
    lines: Sequence[Values],
    counted: tuple[Sequence[int], Sequence[int | None]],
) -> NewOrder:
    """The order; `counted` are the numbers of its lines and their prices in minor units."""
    told: dict[str, Any] = dict(head)
    gathered = {group: _gather(told, group) for group in ("address", "contact")}
    made = tuple(map(_line, lines, *counted))
    return NewOrder(**told | gathered | {"number": number, "lines": made})


def _gather(told: dict[str, Any], group: str) -> dict[str, object]:
    names = [name for name in told if name.startswith(f"{group}.")]
    return {name.removeprefix(f"{group}."): told.pop(name) for name in names}


PLAIN = ("sku", "quantity", "pack", "wanted_on")


def _line(told: Values, number: int, price: int | None) -> NewLine:
    plain: dict[str, Any] = {name: told.get(name) for name in PLAIN}
    return NewLine(line=number, unit_price_minor=price, **plain)


def _take(run: Run, join: Join[NewOrder], batch: Sequence[Found]) -> None:
    def attempt(some: Sequence[Found]) -> None:
        orders = [found.built for found in some]
        _settle(join, some, create_orders(run.store, run.merchant.id, orders, ACTOR))

    run.isolate(batch, attempt, lambda found, why: _refuse(join, found, why))


def _refuse(join: Join[NewOrder], found: Found, reason: str) -> None:
    join.refuse(found.document, BadDocumentError(None, None, reason))


def _settle(join: Join[NewOrder], batch: Sequence[Found], answers: Sequence[Taken]) -> None:
    for found, taken in zip(batch, answers, strict=True):
        if taken.refusal:
            join.refuse(found.document, fault_of(join.heads, join.parts, taken.refusal))
        else:
            join.taken(found.document, "new" if taken.outcome is Outcome.CREATED else "there")
