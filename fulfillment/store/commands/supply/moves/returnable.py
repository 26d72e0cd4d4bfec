"""How much of what was shipped can come back: by order line, by order, and in all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.commands.supply.moves.documents import NewReturn, NewReturnLine
from fulfillment.store.transactions.session import Tx

Scope = tuple[str, object]
"""A line of the order by number, a SKU of the order, or a SKU of all orders."""


@dataclass(frozen=True, slots=True)
class _Shipped:
    """Units that were shipped, and those of them that came back or are announced to."""

    units: int
    returned: int


def check_returnable(tx: Tx, new: NewReturn, order: int | None) -> None:
    """Refuse units that were not shipped, have come back, or are announced to (behaviour.md §7).

    They are counted by SKU whatever a line names, and by order and order line where they are
    named. All returns of a SKU hold its queue: two at once can not both count the same units.
    """
    for index, scope, found in _over(tx, new.lines, order):
        raise _too_many(new, scope, found, f"lines[{index}].units")


def has_come_back(tx: Tx, lines: Sequence[NewReturnLine], order: int) -> bool:
    """Whether not all of these units, which were shipped, are still away and expected to stay so.

    Who asks holds the queues of their SKUs, as who announces a return does.
    """
    return any(_over(tx, lines, order))


def _over(
    tx: Tx, lines: Sequence[NewReturnLine], order: int | None
) -> Iterator[tuple[int, Scope, _Shipped]]:
    """Lines by index of which more is asked for than can come back, with what is in the way."""
    shipped = _in_all(tx, lines) | _of_order(tx, order)
    asked: Counter[Scope] = Counter()
    for index, line in enumerate(lines):
        for scope in _scopes(line, order):
            asked[scope] += line.units
            found = shipped.get(scope, _Shipped(0, 0))
            if found.returned + asked[scope] > found.units:
                yield index, scope, found


def _scopes(line: NewReturnLine, order: int | None) -> Iterator[Scope]:
    if line.order_line is not None:
        yield "line", line.order_line
    if order is not None:
        yield "order", line.sku
    yield "all", line.sku


SHIPPED = """
SELECT 'line' AS scope, line, sku, shipped AS units, 0 AS returned
  FROM order_line WHERE order_id = :order
UNION ALL
SELECT 'return', l.order_line, u.sku, 0, u.ordered - u.closed
  FROM customer_return t JOIN return_line l ON l.customer_return = t.id
  JOIN supply u ON u.id = l.supply WHERE t.order_id = :order
"""

IN_ALL = """
SELECT a.sku, r.units AS returned,
       coalesce((SELECT sum(s.shipped) FROM (
           SELECT l.shipped FROM order_line l
            WHERE l.merchant = :merchant AND l.sku = a.sku AND l.shipped > 0
            LIMIT r.units + a.units) s), 0)::bigint
       + coalesce((SELECT u.shipped FROM archived_units u
                    WHERE u.merchant = :merchant AND u.sku = a.sku), 0) AS units
  FROM unnest(CAST(:skus AS text[]), CAST(:units AS bigint[])) AS a(sku, units)
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(u.ordered - u.closed), 0)::bigint AS units FROM supply u
        WHERE u.merchant = :merchant AND u.sku = a.sku AND u.kind = 'return') r
"""
"""Every line that is read shipped one unit at least: as many lines as units are asked for are
enough, and where there are fewer, all of them were read."""


def _of_order(tx: Tx, order: int | None) -> dict[Scope, _Shipped]:
    """By line of the order, and by SKU over its lines: returns may name the order alone."""
    if order is None:
        return {}
    units: Counter[Scope] = Counter()
    returned: Counter[Scope] = Counter()
    for row in tx.rows(SHIPPED, order=order):
        for scope in (("line", row.line), ("order", row.sku)):
            units[scope] += row.units
            returned[scope] += row.returned
    return {scope: _Shipped(units[scope], returned[scope]) for scope in units}


def _in_all(tx: Tx, lines: Sequence[NewReturnLine]) -> dict[Scope, _Shipped]:
    asked: Counter[str] = Counter()
    for line in lines:
        asked[line.sku] += line.units
    skus = sorted(asked)
    units = [asked[sku] for sku in skus]
    rows = tx.rows(IN_ALL, merchant=tx.merchant, skus=skus, units=units)
    return {("all", row.sku): _Shipped(int(row.units), int(row.returned)) for row in rows}


def _too_many(new: NewReturn, scope: Scope, found: _Shipped, at: str) -> RefusedError:
    kind, named = scope
    of = {
        "line": f"of line {named} of order {new.order}",
        "order": f"of {named} of order {new.order}",
        "all": f"of {named} in all",
    }[kind]
    message = f"{of} {found.units} were shipped, and {found.returned} are returned already"
    if kind == "order" and not found.units:
        message = f"order {new.order} has shipped no {named}: nothing of it can come back"
    if kind == "all":
        message += "; what comes from elsewhere is counted or adjusted"
    facts = {"shipped": found.units, "returned": found.returned}
    return invalid("more_than_shipped", message, at, **facts)
