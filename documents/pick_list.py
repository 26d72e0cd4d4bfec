"""The picker's list on paper."""

from documents import sheet
from fulfillment.domain.model.papers import ListedUnits, PickListPaper


def draw_pick_list(paper: PickListPaper) -> bytes:
    """The walk by bin with a box to tick, then each shipment with the barcodes to sort it by."""
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
            *_notes(paper),
        ],
    )


def _notes(paper: PickListPaper) -> list[sheet.Part]:
    """For who packs: how each order is to be sent, and what is to be minded."""
    if not paper.notes:
        return []
    rows = [
        (one.order, str(one.shipment), one.shipping_method or "", str(one.deliver_by or ""),
         one.note or "")
        for one in paper.notes
    ]  # fmt: skip
    titles = ("Order", "Shipment", "Sent by", "There by", "Note for who packs")
    table = sheet.table(titles, rows, (38, 18, 27, 27, 65))
    return [sheet.gap(8), sheet.words("Packing", 11, bold=True), sheet.gap(2), table]


def _told(paper: PickListPaper) -> str:
    units = sum(line.units for line in paper.lines)
    to_sort = f"{_counted(units, 'unit')} for {_counted(len(paper.shipments), 'shipment')}"
    parts = (paper.location, paper.status.replace("_", " "), paper.picker, to_sort)
    return " · ".join(part for part in parts if part)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _walk(paper: PickListPaper) -> sheet.Part:
    """Each SKU with its bars at its first row, so that what is taken is scanned there."""
    ordered = sorted(paper.lines, key=_stop)
    before = [None, *((one.sku, one.merchant) for one in ordered)]
    rows = [
        (
            "[  ]",
            line.sku if last == (line.sku, line.merchant) else sheet.barcode(line.sku, 46, 8),
            line.name,
            line.bin or "",
            _units(line),
            f"{line.order} / {line.shipment}",
            f"{line.merchant}{', to stage' if line.to_stage else ''}",
        )
        for line, last in zip(ordered, before, strict=False)
    ]
    titles = ("", "SKU", "Name", "Bin", "Units", "Order / shipment", "Merchant")
    return sheet.table(titles, rows, (9, 50, 30, 18, 20, 30, 18))


def _stop(line: ListedUnits) -> tuple[bool, str, str, str, str, int]:
    """The walk goes by bin; what has none comes last, by SKU."""
    found = (line.sku, line.merchant, line.order, line.shipment)
    return (line.bin is None, line.bin or "", *found)


def _units(line: ListedUnits) -> str:
    told = f"{line.left} of {line.units}" if line.left != line.units else str(line.units)
    return f"{told} ({line.packs})" if line.packs else told


def _shipments(paper: PickListPaper) -> sheet.Part:
    rows = [
        (sheet.barcode(order, 68), sheet.barcode(str(shipment), 34), units, merchant)
        for merchant, order, shipment, units in paper.shipments
    ]
    return sheet.table(("Order", "Shipment", "Units", "Merchant"), rows, (80, 44, 17, 34))
