"""The parts that every document is made of: paragraphs, tables, barcodes, pages."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from documents.lettering import (
    BOLD,
    REGULAR,
    begins_at_the_right,
    lettered,
    marked,
    use_fonts,
)

BAR_MM, LEAST_BAR_MM = 0.33, 0.15
"""Width of the narrowest bar, in millimetres: as it should be, and what a scanner still reads."""

LEADING = 1.25
"""Distance of lines, by the size of their letters."""

Part = Any
"""A part of a page, of the PDF library, which has no types."""


def words(text: object, size: float = 9, *, bold: bool = False) -> Part:
    """A paragraph; it breaks where its text does, and where it is too long."""
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    use_fonts()
    font = BOLD if bold else REGULAR
    side = TA_RIGHT if begins_at_the_right(str(text)) else TA_LEFT
    style = ParagraphStyle(
        f"{font}{size}{side}",
        fontName=font,
        fontSize=size,
        leading=size * LEADING,
        alignment=side,
        splitLongWords=True,
    )
    lines = str(text).splitlines()
    return Paragraph("<br/>".join(marked(line, font) for line in lines), style)


def heading(text: object, size: float = 16) -> Part:
    """A title."""
    return words(text, size, bold=True)


def gap(millimetres: float = 4) -> Part:
    """Empty space."""
    from reportlab.lib.units import mm
    from reportlab.platypus import Spacer

    return Spacer(1, millimetres * mm)


def new_page() -> Part:
    """What follows is on another page."""
    from reportlab.platypus import PageBreak

    return PageBreak()


def barcode(value: str, widest_mm: float, height_mm: float = 12) -> list[Part]:
    """A Code 128 of the value, no wider than that, and the value below it.

    What Code 128 can not hold, or only in bars too narrow to be read, is written without any.
    """
    from reportlab.graphics.barcode.code128 import Code128
    from reportlab.lib.units import mm

    if not (value.isascii() and value.isprintable()):
        return [words(value, 8)]
    wide = BAR_MM * mm
    bars = Code128(value, barHeight=height_mm * mm, barWidth=wide, quiet=False)
    if bars.width > widest_mm * mm:
        wide *= widest_mm * mm / bars.width
        bars = Code128(value, barHeight=height_mm * mm, barWidth=wide, quiet=False)
    bars.hAlign = "LEFT"
    return [bars, words(value, 8)] if wide >= LEAST_BAR_MM * mm else [words(value, 8)]


def table(titles: Sequence[str], rows: Sequence[Sequence[Part]], widths_mm: Sequence[int]) -> Part:
    """A table that goes on over pages with its titles repeated; cells are texts or parts."""
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    head = [words(title, bold=True) for title in titles]
    body = [[words(c) if isinstance(c, str | int) else c for c in row] for row in rows]
    drawn = Table([head, *body], colWidths=[w * mm for w in widths_mm], repeatRows=1)
    rules = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.grey),
        ]
    )
    drawn.setStyle(rules)
    drawn.hAlign = "LEFT"
    return drawn


def drawn(title: str, parts: Sequence[Part], size_mm: tuple[int, int] = (210, 297)) -> bytes:
    """The document as PDF; the same parts give the same bytes. The title holds no customer data."""
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    use_fonts()
    file = BytesIO()
    is_label = min(size_mm) <= 110  # noqa: PLR2004 -- a label is small
    margin = 6 * mm if is_label else 15 * mm
    footer = {} if is_label else {"onFirstPage": _numbered, "onLaterPages": _numbered}
    SimpleDocTemplate(
        file,
        pagesize=(size_mm[0] * mm, size_mm[1] * mm),
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=lettered(title),
        author="Pegboard",
        creator="Pegboard",
        invariant=True,
    ).build(list(parts), **footer)
    return file.getvalue()


def _numbered(canvas: Part, document: Part) -> None:
    """What a sheet is a page of, at its foot: those that fell apart are put together by it."""
    canvas.setFont(REGULAR, 8)
    right = document.leftMargin + document.width
    canvas.drawRightString(
        right, document.bottomMargin / 2, f"{document.title}, page {document.page}"
    )
