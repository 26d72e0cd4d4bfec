"""The picker's list on paper."""

from documents import sheet
from fulfillment.domain.model.papers import PickListPaper


def draw_pick_list(paper: PickListPaper) -> bytes:
    """The walk by SKU with a box to tick, then each shipment with the barcodes to sort it by."""
    title = f"Pick list {paper.id}"
    return sheet.drawn(
        title,
        [
            sheet.heading(title),
            sheet.words(_told(paper)),
            sheet.gap(),
            _walk(paper),
            sheet.gap(8),
            _shipments(paper),
        ],
    )


def _told(paper: PickListPaper) -> str:
    units = sum(line.units for line in paper.lines)
    to_sort = f"{_counted(units, 'unit')} for {_counted(len(paper.shipments), 'shipment')}"
    parts = (paper.location, paper.status.replace("_", " "), paper.picker, to_sort)
    return " · ".join(part for part in parts if part)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


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
