"""What lies in a package for the customer."""

from documents import sheet
from fulfillment.domain.model.papers import PackingSlip, SlipPackage


def draw_packing_slip(slip: PackingSlip) -> bytes:
    """One page, or more where it is long, for each package."""
    parts: list[sheet.Part] = []
    for package in slip.packages:
        if parts:
            parts.append(sheet.new_page())
        parts += _page(slip, package)
    return sheet.drawn(f"Packing slip {slip.shipment}", parts)


def _page(slip: PackingSlip, package: SlipPackage) -> list[sheet.Part]:
    return [
        sheet.heading("Packing slip"),
        sheet.words(slip.merchant, 11, bold=True),
        sheet.gap(),
        *[sheet.words(row, 11) for row in slip.address],
        sheet.gap(),
        sheet.words(f"Order {slip.order}", 11, bold=True),
        sheet.words(_which(slip, package)),
        *[sheet.words(row) for row in _carried(package)],
        sheet.gap(),
        sheet.table(
            ("Line", "SKU", "Name", "Units"),
            [(one.line, one.sku, one.name, one.told) for one in package.lines],
            (14, 46, 76, 39),
        ),
        *_later(slip),
        sheet.gap(8),
        *sheet.barcode(slip.order, 170),
        sheet.gap(3),
        *sheet.barcode(str(slip.shipment), 80),
    ]


def _which(slip: PackingSlip, package: SlipPackage) -> str:
    where = f" from {slip.location}" if slip.location else ""
    if package.position is None:
        return f"Shipment {slip.shipment}{where}"
    return f"Shipment {slip.shipment}{where}, package {package.position} of {slip.of}"


def _carried(package: SlipPackage) -> list[str]:
    named = [part for part in (package.carrier, package.service, package.tracking) if part]
    told = [f"Carried by {', '.join(named)}"] if named else []
    return [*told, f"Weight {package.weight_g} g"] if package.weight_g else told


def _later(slip: PackingSlip) -> list[sheet.Part]:
    if not slip.later:
        return []
    rows = [(one.sku, one.name, one.told, str(one.by or "")) for one in slip.later]
    titles = ("SKU", "Name", "Units", "Expected by")
    follows = sheet.words("What follows later", 11, bold=True)
    return [sheet.gap(6), follows, sheet.gap(2), sheet.table(titles, rows, (46, 63, 39, 27))]
