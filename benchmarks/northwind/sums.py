"""What the files ask for, and what came of it."""

import csv
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.table import Table


@dataclass(frozen=True)
class Asked:
    """What the files ask for, read on its own."""

    orders: int
    units: int
    in_stock: int

    @classmethod
    def of(cls, folder: Path) -> "Asked":
        return cls(
            len(_rows(folder / "orders.csv")),
            sum(int(row["quantity"]) for row in _rows(folder / "order_lines.csv")),
            sum(int(row["units_in_stock"]) for row in _rows(folder / "products.csv")),
        )


@dataclass
class Counts:
    """What came of it."""

    released_at_once: int = 0
    waited: int = 0
    units_at_once: int = 0
    units_waited: int = 0
    drafted: int = 0
    units_drafted: int = 0
    received: int = 0
    purchase_orders: int = 0
    receipts: int = 0
    held_after_restore: int = 0


@dataclass(frozen=True)
class Shipped:
    """What left the building."""

    units: int
    shipments: int
    split: int
    left: int


def summary(asked: Asked, counts: Counts, shipped: Shipped) -> Table:
    told = Table(box=box.SIMPLE_HEAD, title="Northwind", title_justify="left")
    for name in ("", "orders", "units"):
        told.add_column(name, justify="left" if not name else "right")
    received = f"received ({counts.purchase_orders} POs, {counts.receipts} receipts)"
    rows: list[tuple[str, int | None, int | None]] = [
        ("asked for", asked.orders, asked.units),
        ("released at once", counts.released_at_once, counts.units_at_once),
        ("waited for stock", counts.waited, counts.units_waited),
        (f"drafted ({counts.drafted} POs)", None, counts.units_drafted),
        (received, None, counts.received),
        (f"shipped ({shipped.shipments:,} shipments)", asked.orders - shipped.left, shipped.units),
        ("split over shipments", shipped.split, None),
        ("held after a restore", counts.held_after_restore, None),
        ("left, each explained", shipped.left, None),
    ]
    for name, orders, units in rows:
        told.add_row(name, *("" if n is None else f"{n:,}" for n in (orders, units)))
    return told


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
