"""What is read for the papers of the floor."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from fulfillment.domain.model.packs import Packed, packed
from fulfillment.domain.model.papers import (
    ContainerLabel,
    LaterLine,
    Letterhead,
    ListedUnits,
    PackingNote,
    PackingSlip,
    PickListPaper,
    SlipLine,
    SlipPackage,
)
from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.model.statuses import RELEASED, ShipmentStatus
from fulfillment.store.reading.packages import packages_of_dispatch
from fulfillment.store.reading.pick_lists import read_list
from fulfillment.store.reading.views.floor import ListedShipment
from fulfillment.store.reading.views.shipments import PackageView
from fulfillment.store.transactions.session import Tx

Merchants = Collection[str] | None
"""Whose things are seen; None is everybody's."""

HAS_A_SLIP = RELEASED | {ShipmentStatus.SHIPPED}

ADDRESS = ("name", "company", "line1", "line2", "city", "region", "country")

SLIP = """
SELECT s.id, s.number, s.order_id, s.status, s.location, o.number AS order_number,
       o.shipping_method, m.name AS merchant,
       coalesce(c.address, '{}') AS address, coalesce(p.id, s.id) AS first,
       coalesce(h.sender, '{}') AS sender, h.logo
  FROM shipment s
  JOIN orders o ON o.id = s.order_id AND o.merchant = :merchant
  JOIN merchant m ON m.id = o.merchant
  LEFT JOIN order_customer c ON c.order_id = o.id
  LEFT JOIN letterhead h ON h.merchant = o.merchant
  LEFT JOIN shipment p ON p.id = s.parent AND p.wave = s.wave AND s.status = 'shipped'
 WHERE s.id = :shipment
"""

SLIP_LINES = """
SELECT l.line, l.sku, g.name, l.promise, l.pack, l.pack_units,
       coalesce(sum(sl.units) FILTER (WHERE sl.shipment = :shipment), 0)::bigint AS units,
       l.ordered - l.cancelled - l.shipped - coalesce(sum(sl.units) FILTER (
           WHERE sl.shipment = :first AND s.status = ANY(:live)), 0)::bigint AS later
  FROM order_line l
  JOIN product g ON g.merchant = l.merchant AND g.sku = l.sku
  LEFT JOIN shipment_line sl ON sl.order_id = l.order_id AND sl.order_line = l.line
       AND sl.shipment IN (:shipment, :first)
  LEFT JOIN shipment s ON s.id = sl.shipment
 WHERE l.order_id = :order
 GROUP BY l.order_id, l.line, g.name
 ORDER BY l.line
"""

LABEL = """
SELECT c.id, c.label, c.location, m.name AS merchant, o.number AS order_number,
       (SELECT jsonb_agg(jsonb_build_array(l.order_line, ol.sku, g.name, l.units)
                         ORDER BY l.order_line)
          FROM container_line l
          JOIN order_line ol ON ol.order_id = c.order_id AND ol.line = l.order_line
          JOIN product g ON g.merchant = ol.merchant AND g.sku = ol.sku
         WHERE l.container = c.id) AS lines
  FROM container c JOIN orders o ON o.id = c.order_id JOIN merchant m ON m.id = c.merchant
 WHERE c.id = :id AND (CAST(:merchants AS text[]) IS NULL OR c.merchant = ANY(:merchants))
"""


def read_pick_list_paper(tx: Tx, pick_list: int, merchants: Merchants) -> PickListPaper:
    """What of a picker's list is for these merchants; a refusal where nothing is."""
    found = read_list(tx, pick_list, merchants)
    lines = tuple(
        ListedUnits(
            step.merchant, step.sku, step.name, to.order, to.shipment,
            to.units, to.left, to.to_stage, _packs(to.left or to.units, to.pack), step.bin,
        )
        for step in found.walk for to in step.sort
    )  # fmt: skip
    notes = tuple(_notes(found.shipments))
    return PickListPaper(found.id, found.location, found.status, lines, found.picker, notes)


def _notes(shipments: Iterable[ListedShipment]) -> Iterator[PackingNote]:
    """What is to be known of those of which there is anything to know."""
    for one in shipments:
        if one.shipping_method or one.deliver_by or one.packer_note:
            yield PackingNote(
                one.order, one.shipment, one.shipping_method, one.deliver_by, one.packer_note
            )


def read_container_label(tx: Tx, container: int, merchants: Merchants) -> ContainerLabel:
    """A container with its order's number, or a refusal; nothing of the customer's."""
    rows = tx.rows(LABEL, id=container, merchants=merchants and list(merchants))
    if not rows:
        raise missing("container", container)
    (row,) = rows
    lines = tuple(SlipLine(*line) for line in row.lines or ())
    return ContainerLabel(row.id, row.label, row.merchant, row.order_number, row.location, lines)


def read_packing_slip(tx: Tx, shipment: int, package: int | None = None) -> PackingSlip:
    """What lies in each package of a shipment, or in one of them, with the customer's address."""
    rows = tx.rows(SLIP, merchant=tx.merchant, shipment=shipment)
    if not rows:
        raise missing("shipment", shipment)
    (head,) = rows
    if ShipmentStatus(head.status) not in HAS_A_SLIP:
        message = f"shipment {shipment} is {head.status}: nothing of it is to be packed"
        raise conflict("nothing_to_pack", message, status=head.status)
    lines = tx.rows(
        SLIP_LINES, shipment=shipment, first=head.first, order=head.order_id, live=sorted(RELEASED)
    )
    dispatch = [one for one in packages_of_dispatch(tx, shipment) if one.status != "void"]
    return PackingSlip(
        merchant=head.merchant,
        order=head.order_number,
        number=head.number,
        location=head.location,
        address=_address(head.address),
        packages=_packages(dispatch, shipment, package, lines),
        of=len(dispatch),
        later=tuple(_later(lines)),
        letterhead=Letterhead(tuple(head.sender), head.logo and bytes(head.logo)),
        shipping_method=head.shipping_method,
    )


def _packages(
    dispatch: Sequence[PackageView], shipment: int, only: int | None, lines: Sequence[Any]
) -> tuple[SlipPackage, ...]:
    known = {row.line: row for row in lines}
    found = tuple(
        SlipPackage(
            position,
            tuple(_line(known[row.line], row.units) for row in one.lines),
            one.weight_g,
            one.carrier,
            one.service,
            one.tracking,
        )
        for position, one in enumerate(dispatch, start=1)
        if one.shipment == shipment and only in (None, one.number)
    )
    if only is not None and not found:
        raise missing("package", only)
    return found or (SlipPackage(None, _unpacked(lines)),)


def _unpacked(lines: Sequence[Any]) -> tuple[SlipLine, ...]:
    return tuple(_line(row, row.units) for row in lines if row.units)


def _line(row: Any, units: int) -> SlipLine:
    return SlipLine(row.line, row.sku, row.name, units, row.pack, row.pack_units)


def _packs(units: int, pack: Packed | None) -> str:
    """So many units of a list in the pack of their line; nothing where that says no more."""
    found = pack and packed(units, pack.name, pack.units)
    return str(found) if found and found.quantity else ""


def _later(lines: Sequence[Any]) -> list[LaterLine]:
    """What the customer still gets in another dispatch, by the last day that was promised."""
    return [
        LaterLine(row.sku, row.name, row.later, _last_day(row.promise), row.pack, row.pack_units)
        for row in lines
        if row.later > 0
    ]


def _last_day(promise: Sequence[Sequence[Any]] | None) -> date | None:
    return max((date.fromisoformat(on) for _, on in promise or ()), default=None)


def _address(address: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines of an address as one writes it on a letter; none where it was erased."""
    known = {name: str(address[name]) for name in (*ADDRESS, "postal_code") if address.get(name)}
    city = " ".join(known[name] for name in ("postal_code", "city") if name in known)
    rows = [city if name == "city" else known.get(name) for name in ADDRESS]
    return tuple(row for row in rows if row)
