"""Domain values with plain defaults: a test names only what it is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.rank import DEFAULT_PRIORITY, Rank
from fulfillment.domain.model.shipments import Claim, Peg, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import PurchaseOrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import Product, Snapshot, StockLevel, Supply
from fulfillment.domain.planning.plan import plan

TODAY = date(2026, 3, 2)
PLACED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

Wants = Sequence[tuple[str, int]]
"""SKU and units of each line, numbered from 1."""


def day(days: int) -> date:
    """A date counted from today."""
    return TODAY + timedelta(days=days)


def claim(units: int, at: str = "A", *, picked: int = 0, staged: int = 0) -> Claim:
    return Claim(at, units, picked, staged)


def peg(
    units: int,
    supply: int = 1,
    *,
    due: int = 5,
    at: str = "A",
    pinned: bool = False,
    status: str | None = None,
) -> Peg:
    return Peg(supply, units, at, day(due), pinned, f"PO-{supply}", _po(status))


def line(
    sku: str = "K1",
    units: int = 1,
    *,
    number: int = 1,
    id_: int = 101,
    claims: Iterable[Claim] = (),
    pegs: Iterable[Peg] = (),
) -> ShipmentLine:
    return ShipmentLine(id_, number, sku, units, tuple(claims), tuple(pegs))


def shipment(
    *lines: ShipmentLine,
    status: ShipmentStatus = ShipmentStatus.BACKORDER,
    number: int = 1,
    id_: int = 11,
    at: str | None = None,
    wave: int | None = None,
) -> Shipment:
    return Shipment(id_, number, status, lines or (line(),), location=at, wave=wave)


def order(
    number: int = 1,
    wants: Wants = (("K1", 1),),
    *,
    priority: int = DEFAULT_PRIORITY,
    policy: Mapping[str, object] | None = None,
    shipments: Sequence[Shipment] | None = None,
    lock: str | None = None,
    pickup: str | None = None,
    verified: bool = True,
    first_claimed: bool = True,
    holds: tuple[str, ...] = (),
    waves_spent: int = 0,
) -> Order:
    """An order that came as the `number`th; all of it waits unless shipments are given."""
    if shipments is None:
        shipments = [
            shipment(
                *(
                    line(sku, units, number=at, id_=number * 100 + at)
                    for at, (sku, units) in enumerate(wants, start=1)
                ),
                id_=number * 10 + 1,
            )
        ]
        lines = tuple(OrderLine(at, sku, units) for at, (sku, units) in enumerate(wants, start=1))
    else:
        lines = _lines_of(shipments)
    return Order(
        id=number,
        merchant="acme",
        number=f"O{number}",
        rank=Rank(priority, PLACED_AT, number),
        policy=resolve(policy or {}),
        lines=lines,
        shipments=tuple(shipments),
        placed_at=PLACED_AT,
        placed_on=PLACED_AT.date(),
        next_shipment_number=max(s.number for s in shipments) + 1,
        lock=lock,
        pickup=pickup,
        verified=verified,
        first_claimed=first_claimed,
        holds=holds,
        waves_shipped=frozenset(range(1, waves_spent + 1)),
    )


def _lines_of(shipments: Iterable[Shipment]) -> tuple[OrderLine, ...]:
    lines: dict[int, OrderLine] = {}
    for part in shipments:
        for row in part.lines:
            known = lines.get(row.order_line, OrderLine(row.order_line, row.sku, 0))
            counts_as_shipped = row.units if part.status is ShipmentStatus.SHIPPED else 0
            lines[row.order_line] = replace(
                known,
                ordered=known.ordered + row.units,
                shipped=known.shipped + counts_as_shipped,
            )
    return tuple(lines[number] for number in sorted(lines))


def stock(units: int, sku: str = "K1", at: str = "A") -> StockLevel:
    return StockLevel(sku, at, units)


def supply(
    units: int,
    sku: str = "K1",
    *,
    due: int | None = 5,
    at: str = "A",
    number: int = 1,
    status: str | None = None,
) -> Supply:
    due_on = None if due is None else day(due)
    return Supply(number, sku, at, units, due_on, f"PO-{number}", _po(status))


def _po(status: str | None) -> PurchaseOrderStatus | None:
    return None if status is None else PurchaseOrderStatus(status)


def snapshot(
    *orders: Order,
    levels: Iterable[StockLevel] = (),
    supplies: Iterable[Supply] = (),
    locations: Sequence[str] = ("A", "B"),
    products: Iterable[Product] = (),
    first_claims: Iterable[int] = (),
    by_po_status: Iterable[str] = (),
) -> Snapshot:
    """Everything the orders touch; products are plain ones where none are given."""
    skus = {row.sku for each in orders for row in each.lines}
    known = {sku: Product(sku) for sku in skus} | {product.sku: product for product in products}
    return Snapshot(
        today=TODAY,
        skus=frozenset(known),
        locations=tuple(locations),
        products=known,
        orders=orders,
        levels=tuple(levels),
        supplies=tuple(supplies),
        first_claims=frozenset(first_claims),
        by_po_status=frozenset(by_po_status),
    )


def planned(given: Snapshot) -> dict[int, Order]:
    """The plan of a snapshot, by order."""
    return {each.id: each for each in plan(given)}


def claimed(each: Order) -> dict[tuple[int, str], int]:
    """Units claimed by a live order, by line and location."""
    found: dict[tuple[int, str], int] = {}
    for part in each.live:
        for row in part.lines:
            for held in row.claims:
                key = (row.order_line, held.location)
                found[key] = found.get(key, 0) + held.units
    return found


def allocated(each: Order) -> int:
    """Units an order has claims on."""
    return sum(claimed(each).values())


Part = tuple[str, str | None, dict[int, int]]
"""Status, location, and units by line of one shipment."""


def parts(each: Order) -> list[Part]:
    """The shipments that are not history, by number."""
    return [
        (str(part.status), part.location, {row.order_line: row.units for row in part.lines})
        for part in sorted(each.shipments, key=lambda part: part.number)
        if part.is_live
    ]


def pegged(each: Order) -> dict[tuple[int, int], int]:
    """Units pegged by a live order, by line and supply."""
    found: dict[tuple[int, int], int] = {}
    for part in each.live:
        for row in part.lines:
            for tie in row.pegs:
                key = (row.order_line, tie.supply)
                found[key] = found.get(key, 0) + tie.units
    return found
