"""What is planned: queues of any length, each with one thing that could make a plan slow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.rank import DEFAULT_PRIORITY, Rank
from fulfillment.domain.model.shipments import Claim, Peg, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import PurchaseOrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import Product, Snapshot, StockLevel, Supply

TODAY = date(2026, 3, 2)
PLACED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOCATIONS = ("A", "B", "C", "D")
QUEUE = 100
"""Lines in the queue of each SKU, where there are many SKUs."""


@dataclass(frozen=True)
class Case:
    """A way to fill a snapshot; a line wants one to three units."""

    name: str
    many_skus: bool = False
    in_stock: float = 0.0
    """Units in stock for each unit wanted."""
    policy: Mapping[str, object] = field(default_factory=dict)
    lines_per_order: int = 1
    inbound: float = 0.0
    """Units outstanding for each unit wanted."""
    supplies: int = 0
    """Supply lines of each SKU."""
    lines_per_supply: int = 0
    """In place of `supplies`: lines waiting for each supply line."""
    pinned: bool = False
    """Every tenth line has a peg that a person made."""
    holding: ShipmentStatus | None = None
    """The later half of the orders hold units, in shipments of this status."""
    first: bool = False
    """Every order makes its first claim."""


CASES = (
    *(
        Case(f"{whose}, stock for {share:.0%}", many, share)
        for many, whose in ((False, "one SKU"), (True, "many SKUs"))
        for share in (0.03, 0.3, 1.0)
    ),
    Case("first claims, stock for 30%", many_skus=True, in_stock=0.3, first=True),
    Case("first claims, most rejected", in_stock=0.3, policy={"on_shortage": "reject"}, first=True),
    Case("complete_only, one SKU", in_stock=0.3, policy={"auto_allocate": "complete_only"}),
    Case(
        "complete_only, many SKUs",
        many_skus=True,
        in_stock=0.3,
        policy={"auto_allocate": "complete_only"},
        lines_per_order=2,
        inbound=0.3,
        supplies=3,
    ),
    Case(
        "due_within, 10 supplies",
        in_stock=0.3,
        policy={"auto_allocate": "due_within", "auto_allocate_within_days": 5},
        inbound=0.7,
        supplies=10,
    ),
    Case(
        "due_within, a supply for 100 lines",
        in_stock=0.3,
        policy={"auto_allocate": "due_within", "auto_allocate_within_days": 5},
        inbound=0.7,
        lines_per_supply=100,
    ),
    Case("pegs, 10 supplies", in_stock=0.03, inbound=0.8, supplies=10),
    Case("pegs, a supply for 100 lines", in_stock=0.03, inbound=0.8, lines_per_supply=100),
    Case(
        "pegs, a supply for 100 lines, future",
        in_stock=0.03,
        policy={"future_inventory": True},
        inbound=0.8,
        lines_per_supply=100,
    ),
    Case(
        "pegs, a tenth pinned",
        in_stock=0.03,
        policy={"auto_allocate": "complete_only"},
        inbound=0.8,
        lines_per_supply=100,
        pinned=True,
    ),
    Case(
        "rebalance from waiting orders",
        policy={"max_shipments": 1},
        holding=ShipmentStatus.BACKORDER,
    ),
    Case(
        "rebalance from ready orders",
        policy={"rebalance": "unpicked"},
        holding=ShipmentStatus.READY,
    ),
    Case(
        "complete_only, rebalance",
        policy={"max_shipments": 1, "auto_allocate": "complete_only"},
        holding=ShipmentStatus.BACKORDER,
    ),
    Case("orders of 100 lines", many_skus=True, in_stock=0.5, lines_per_order=100),
    Case("orders of 1,000 lines", many_skus=True, in_stock=0.5, lines_per_order=1_000),
    Case(
        "orders of 1,000 lines, due_within",
        many_skus=True,
        in_stock=0.5,
        policy={"auto_allocate": "due_within", "auto_allocate_within_days": 5},
        lines_per_order=1_000,
        inbound=0.5,
        supplies=3,
    ),
)


def snapshot(case: Case, lines: int) -> Snapshot:
    """A snapshot with so many lines, all of which want something; the same each time."""
    skus = [f"K{n}" for n in range(max(lines // QUEUE, 1) if case.many_skus else 1)]
    units = sum(_units(n) for n in range(lines)) // len(skus)
    orders = [
        _order(case, skus, number, half=lines // case.lines_per_order // 2)
        for number in range(1, lines // case.lines_per_order + 1)
    ]
    return Snapshot(
        today=TODAY,
        skus=frozenset(skus),
        locations=LOCATIONS,
        products={sku: Product(sku) for sku in skus},
        orders=tuple(reversed(orders)),
        levels=tuple(
            StockLevel(sku, at, int(units * case.in_stock) // len(LOCATIONS))
            for sku in skus
            for at in LOCATIONS
        ),
        supplies=tuple(
            supply
            for index, sku in enumerate(skus)
            for supply in _supplies(case, sku, index, units)
        ),
        first_claims=frozenset(order.id for order in orders) if case.first else frozenset(),
    )


def _units(line: int) -> int:
    return line % 3 + 1


def _order(case: Case, skus: list[str], number: int, *, half: int) -> Order:
    holds = case.holding is not None and number > half
    lines = tuple(_line(case, skus, number, at, holds=holds) for at in range(case.lines_per_order))
    status = case.holding if holds and case.holding else ShipmentStatus.BACKORDER
    ready = status is ShipmentStatus.READY
    shipment = Shipment(
        number, 1, status, lines, location="A" if ready else None, wave=1 if ready else None
    )
    return Order(
        id=number,
        merchant="bench",
        number=f"O{number}",
        rank=Rank(DEFAULT_PRIORITY, PLACED_AT, number),
        policy=resolve(case.policy),
        lines=tuple(OrderLine(line.order_line, line.sku, line.units) for line in lines),
        shipments=(shipment,),
        placed_at=PLACED_AT,
        placed_on=PLACED_AT.date(),
        verified=True,
        first_claimed=True,
    )


def _line(case: Case, skus: list[str], number: int, at: int, *, holds: bool) -> ShipmentLine:
    line = (number - 1) * case.lines_per_order + at
    units = _units(line)
    held = units if case.holding is ShipmentStatus.READY else units - 1
    claims = (Claim("A", held),) if holds and held else ()
    pegs: tuple[Peg, ...] = ()
    if case.pinned and line % 10 == 9:
        supply = line // case.lines_per_supply + 1
        pegs = (Peg(supply, 1, LOCATIONS[supply % 4], _due_on(supply), pinned=True),)
    return ShipmentLine(line + 1, at + 1, skus[line % len(skus)], units, claims, pegs)


def _supplies(case: Case, sku: str, index: int, units: int) -> list[Supply]:
    wanted_lines = units // 2
    count = wanted_lines // case.lines_per_supply if case.lines_per_supply else case.supplies
    return [
        Supply(
            id=number,
            sku=sku,
            location=LOCATIONS[number % 4],
            outstanding=int(units * case.inbound) // count,
            due_on=_due_on(number),
            source=f"PO-{number}",
            status=PurchaseOrderStatus.APPROVED,
        )
        for number in range(index * count + 1, (index + 1) * count + 1)
    ]


def _due_on(supply: int) -> date:
    return TODAY + timedelta(days=1 + supply % 10)
