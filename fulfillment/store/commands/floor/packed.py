"""What is in a package is taken out of it before it goes back on the shelf."""

from collections import defaultdict
from collections.abc import Collection

from fulfillment.domain.floor import packing
from fulfillment.store.commands.floor.working import Work
from fulfillment.store.transactions.session import Tx

PACKED = """
SELECT p.shipment, p.number, l.order_line, l.units
  FROM package p JOIN package_line l ON l.package = p.id
 WHERE p.shipment = ANY(:shipments) AND p.shipped_at IS NULL ORDER BY p.shipment, p.number
"""


def refuse_packed(tx: Tx, work: Work, shipments: Collection[int]) -> None:
    """Refuse what would leave a package with units that nobody has in hands any more."""
    contents: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in tx.rows(PACKED, shipments=sorted(shipments)):
        contents[row.shipment][row.number][row.order_line] = row.units
    for id_, packages in contents.items():
        _, _, shipment = work.shipment(id_)
        packing.loose(shipment, [packing.Package(n, units) for n, units in packages.items()])
