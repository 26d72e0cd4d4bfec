"""What lies in a package for the customer."""

from documents import sheet
from documents.logo import picture
from fulfillment.domain.model.papers import PackingSlip, SlipPackage


def draw_packing_slip(slip: PackingSlip) -> bytes:
    """One page, or more where it is long, for each package."""
    parts: list[sheet.Part] = []
    for package in slip.packages:
        if parts:
            parts.append(sheet.new_page())
        parts += _page(slip, package)
    return sheet.drawn(f"Packing slip {slip.order}, shipment {slip.number}", parts)


def _page(slip: PackingSlip, package: SlipPackage) -> list[sheet.Part]:
    return [
        *_head(slip),
        sheet.heading("Packing slip"),
        sheet.gap(),
        *[sheet.words(row, 11) for row in slip.address],
        sheet.gap(),
        sheet.words(f"Order {slip.order}", 11, bold=True),
        sheet.words(_which(slip, package)),
        *[sheet.words(f"Sent by {method}") for method in [slip.shipping_method] if method],
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
    ]


def _head(slip: PackingSlip) -> list[sheet.Part]:
    """Who sends it: the logo and the address that the merchant has told, else its name."""
    first, *rest = slip.letterhead.sender or (slip.merchant,)
    logo = [picture(slip.letterhead.logo), sheet.gap(2)] if slip.letterhead.logo else []
    return [
        *logo,
        sheet.words(first, 11, bold=True),
        *[sheet.words(row) for row in rest],
        sheet.gap(),
    ]


def _which(slip: PackingSlip, package: SlipPackage) -> str:
    if package.position is None:
        return f"Shipment {slip.number}"
    return f"Shipment {slip.number}, package {package.position} of {slip.of}"


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
