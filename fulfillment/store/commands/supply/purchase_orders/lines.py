"""Lines of a purchase order: checked, and written as supply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.purchase_orders.documents import NewPurchaseLine
from fulfillment.store.commands.supply.stock import check_places
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Header:
    """What lines take from the purchase order that they are written on."""

    id: int
    number: str
    expected_on: date | None
    inbound: bool


def check_lines(tx: Tx, lines: Sequence[NewPurchaseLine], field: str = "lines") -> None:
    """Refuse a line of nothing, a number that is there twice, an unknown SKU or location."""
    seen: set[int] = set()
    for index, line in enumerate(lines):
        at = f"{field}[{index}]"
        if line.units <= 0:
            message = f"line {line.line} must order a positive number of units"
            raise invalid("bad_quantity", message, f"{at}.units")
        if line.line in seen:
            raise invalid("line_twice", f"line {line.line} is there twice", f"{at}.line")
        seen.add(line.line)
    check_places(tx, [(line.sku, line.location) for line in lines], field + "[{}].")


def insert_lines(tx: Tx, header: Header, lines: Sequence[NewPurchaseLine]) -> None:
    """Write the lines, each with its supply; one without a date takes the header's."""
    tx.run(
        INSERT,
        merchant=tx.merchant,
        purchase_order=header.id,
        number=header.number,
        inbound=header.inbound,
        lines=[line.line for line in lines],
        skus=[line.sku for line in lines],
        units=[line.units for line in lines],
        locations=[line.location for line in lines],
        dates=[line.expected_on or header.expected_on for line in lines],
    )


INSERT = """
WITH asked AS (
    SELECT nextval(pg_get_serial_sequence('supply', 'id')) AS id, *
      FROM unnest(CAST(:lines AS int[]), CAST(:skus AS text[]), CAST(:units AS int[]),
                  CAST(:locations AS text[]), CAST(:dates AS date[]))
           AS a(line, sku, units, location, expected_on)
), supplied AS (
    INSERT INTO supply (id, merchant, sku, location, kind, document, ordered, expected_on, inbound)
    OVERRIDING SYSTEM VALUE
    SELECT id, :merchant, sku, location, 'purchase_order', :number, units, expected_on, :inbound
      FROM asked
)
INSERT INTO purchase_order_line (purchase_order, line, supply)
SELECT :purchase_order, line, id FROM asked
"""
