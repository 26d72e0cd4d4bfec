"""The picker's list on paper."""

from documents import sheet
from fulfillment.domain.documents import PickListPaper


def draw_pick_list(paper: PickListPaper) -> bytes:
    """The walk by SKU with a box to tick, then each shipment with the barcodes to sort it by."""
    title = f"Pick list {paper.id}"
    return sheet.drawn(
        title,
        [
            sheet.heading(title),
            sheet.words(f"{paper.location} · {paper.status} · {_units(paper)}"),
            sheet.gap(),
            _walk(paper),
            sheet.gap(8),
            _shipments(paper),
        ],
    )


def _units(paper: PickListPaper) -> str:
    units = sum(line.units for line in paper.lines)
    return f"{units} units for {len(paper.shipments)} shipments"


def _walk(paper: PickListPaper) -> sheet.Part:
    ordered = sorted(paper.lines, key=lambda one: (one.sku, one.merchant, one.order, one.shipment))
    rows = [
        (
            "[  ]",
            line.sku,
            line.name,
            f"{line.left} of {line.units}" if line.left != line.units else line.units,
            f"{line.order} / {line.shipment}",
            f"{line.merchant}{', to stage' if line.to_stage else ''}",
        )
        for line in ordered
    ]
    titles = ("", "SKU", "Name", "Units", "Order / shipment", "Merchant")
    return sheet.table(titles, rows, (9, 34, 46, 17, 44, 25))


def _shipments(paper: PickListPaper) -> sheet.Part:
    rows = [
        (sheet.barcode(order, 68), sheet.barcode(str(shipment), 34), units, merchant)
        for merchant, order, shipment, units in paper.shipments
    ]
    return sheet.table(("Order", "Shipment", "Units", "Merchant"), rows, (80, 44, 17, 34))
