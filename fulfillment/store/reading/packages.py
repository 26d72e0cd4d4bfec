"""Packages as they are read: of one shipment, or of all that was packed with it."""

from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.shipments import UnitsInPackages
from fulfillment.store.reading.rows import rows_as, view
from fulfillment.store.reading.views.shipments import PackageView, ParcelFacts
from fulfillment.store.transactions.session import Tx

PACKAGES = """
(SELECT jsonb_agg(jsonb_build_object(
            'number', p.number, 'shipment', p.shipment,
            'weight_g', p.weight_g, 'length_mm', p.length_mm, 'width_mm', p.width_mm,
            'height_mm', p.height_mm, 'carrier', p.carrier, 'service', p.service,
            'tracking', p.tracking, 'shipped_at', p.shipped_at,
            'status', CASE WHEN p.shipped_at IS NOT NULL THEN 'shipped'
                           WHEN s.status = 'cancelled' THEN 'void' ELSE 'packed' END,
            'lines', (SELECT jsonb_agg(jsonb_build_object('line', pl.order_line, 'sku', ol.sku,
                                                          'units', pl.units)
                                       ORDER BY pl.order_line)
                        FROM package_line pl
                        JOIN order_line ol ON ol.order_id = s.order_id AND ol.line = pl.order_line
                       WHERE pl.package = p.id))
        ORDER BY p.number)
   FROM package p WHERE p.shipment = s.id)
"""
"""The packages of a shipment `s`, as one column. Those of a cancelled shipment are void."""

OF_DISPATCH = f"""
WITH asked AS (
    SELECT s.id, s.order_id, s.wave, coalesce(p.id, s.id) AS first
      FROM shipment s JOIN orders o ON o.id = s.order_id AND o.merchant = :merchant
      LEFT JOIN shipment p ON p.id = s.parent AND p.wave = s.wave AND s.status = 'shipped'
     WHERE s.id = :shipment
)
SELECT {PACKAGES} AS packages
  FROM asked a JOIN shipment s
       ON s.id = a.first OR (s.parent = a.first AND s.status = 'shipped' AND s.wave = a.wave)
 ORDER BY s.number
"""  # noqa: S608 -- PACKAGES is a constant


def packages_of_dispatch(tx: Tx, shipment: int) -> list[PackageView]:
    """Every package of a shipment by number, those that left before the rest among them.

    Asked of what left first, it is answered alike: they were packed as one.
    """
    rows = tx.rows(OF_DISPATCH, merchant=tx.merchant, shipment=shipment)
    if not rows:
        raise missing("shipment", shipment)
    found = map(rows_as(PackageView), (one for row in rows for one in row.packages or ()))
    return sorted(found, key=lambda package: (package.number, package.shipment))


PARCEL = """
SELECT s.location, coalesce(c.address, '{}') AS address, p.weight_g, p.length_mm, p.width_mm,
       p.height_mm
  FROM shipment s
  JOIN orders o ON o.id = s.order_id AND o.merchant = :merchant
  LEFT JOIN order_customer c ON c.order_id = o.id
  LEFT JOIN package p ON p.shipment = s.id AND p.number = :number
 WHERE s.id = :shipment
"""


def read_parcel(tx: Tx, shipment: int, number: int | None) -> ParcelFacts:
    """The facts of a package or of a whole shipment, or a refusal where there is none."""
    rows = tx.rows(PARCEL, merchant=tx.merchant, shipment=shipment, number=number)
    if not rows:
        raise missing("shipment", shipment)
    return view(ParcelFacts, rows[0])


def packed_units(tx: Tx, order: int) -> UnitsInPackages:
    """The units of an order in packages that are still here."""
    rows = tx.rows(
        "SELECT p.shipment, l.order_line, sum(l.units)::int AS units"
        "  FROM package p JOIN shipment s ON s.id = p.shipment"
        "  JOIN package_line l ON l.package = p.id"
        " WHERE s.order_id = :order AND s.status <> 'cancelled' AND p.shipped_at IS NULL"
        " GROUP BY p.shipment, l.order_line",
        order=order,
    )
    return {(row.shipment, row.order_line): row.units for row in rows}
