"""Lines of a purchase order: checked, and written as supply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fulfillment.domain.model.limits import MOST_UNITS
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.purchase_orders.documents import NewPurchaseLine
from fulfillment.store.commands.supply.stock import check_in_use, check_places
from fulfillment.store.records.saving.supplies import Facts, supplied
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Header:
    """What lines take from the purchase order that they are written on."""

    id: int
    number: str
    expected_on: date | None
    inbound: bool


def check_lines(tx: Tx, lines: Sequence[NewPurchaseLine], field: str = "lines") -> None:
    """Refuse a line of nothing, a number that is there twice, an unknown SKU, pack or location.

    So is a SKU that is inactive, and a location that is closed down.
    """
    seen: set[int] = set()
    for index, line in enumerate(lines):
        at = f"{field}[{index}]"
        if line.units <= 0:
            message = f"line {line.line} must order a positive number of units"
            raise invalid("bad_quantity", message, f"{at}.units")
        if line.line in seen:
            raise invalid("line_twice", f"line {line.line} is there twice", f"{at}.line")
        seen.add(line.line)
    places = [(line.sku, line.location) for line in lines]
    check_places(tx, places, field + "[{}].")
    check_in_use(tx, places, field + "[{}].")
    packs = _packs_of(tx, lines)
    for index, line in enumerate(lines):
        known = packs.get(line.sku, {})
        if line.pack is not None and line.pack not in known:
            names = ", ".join(sorted(known)) or "none"
            message = f"{line.sku} has no pack {line.pack!r}; it has: {names}"
            raise invalid("unknown_pack", message, f"{field}[{index}].pack", sku=line.sku)
        if line.units * known.get(line.pack or "", 1) > MOST_UNITS:
            message = f"a line orders {MOST_UNITS} units at most"
            raise invalid("too_many_units", message, f"{field}[{index}].units")


def _packs_of(tx: Tx, lines: Sequence[NewPurchaseLine]) -> Mapping[str, Mapping[str, int]]:
    """The packs of the products of which a line names one: base units by name."""
    if not (skus := sorted({line.sku for line in lines if line.pack is not None})):
        return {}
    rows = tx.rows(
        "SELECT sku, packs FROM product WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=skus,
    )
    return {row.sku: row.packs for row in rows}


def insert_lines(tx: Tx, header: Header, lines: Sequence[NewPurchaseLine]) -> list[Facts]:
    """Write the lines in base units, each with its supply; one without a date takes the header's.

    What a pack holds now is kept with the line. The lines as history tells them are returned.
    """
    packs = _packs_of(tx, lines)
    sizes = [packs[line.sku][line.pack] if line.pack is not None else None for line in lines]
    units = [line.units * (size or 1) for line, size in zip(lines, sizes, strict=True)]
    dates = [line.expected_on or header.expected_on for line in lines]
    tx.run(
        INSERT,
        merchant=tx.merchant,
        purchase_order=header.id,
        number=header.number,
        inbound=header.inbound,
        lines=[line.line for line in lines],
        skus=[line.sku for line in lines],
        units=units,
        packs=[line.pack for line in lines],
        pack_units=sizes,
        locations=[line.location for line in lines],
        dates=dates,
    )
    return [
        supplied(line.line, line.sku, line.location, count, on)
        for line, count, on in zip(lines, units, dates, strict=True)
    ]


INSERT = """
WITH asked AS (
    SELECT nextval(pg_get_serial_sequence('supply', 'id')) AS id, *
      FROM unnest(CAST(:lines AS int[]), CAST(:skus AS text[]), CAST(:units AS int[]),
                  CAST(:locations AS text[]), CAST(:dates AS date[]), CAST(:packs AS text[]),
                  CAST(:pack_units AS int[]))
           AS a(line, sku, units, location, expected_on, pack, pack_units)
), supplied AS (
    INSERT INTO supply (id, merchant, sku, location, kind, document, ordered, expected_on, inbound)
    OVERRIDING SYSTEM VALUE
    SELECT id, :merchant, sku, location, 'purchase_order', :number, units, expected_on, :inbound
      FROM asked
)
INSERT INTO purchase_order_line (purchase_order, line, supply, pack, pack_units)
SELECT :purchase_order, line, id, pack, pack_units FROM asked
"""
