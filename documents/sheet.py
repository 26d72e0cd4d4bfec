"""The parts that every document is made of: paragraphs, tables, barcodes, pages."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any

from documents.lettering import (
    BOLD,
    REGULAR,
    begins_at_the_right,
    is_one_line,
    lettered,
    marked,
    use_fonts,
)

BAR_MM, LEAST_BAR_MM = 0.33, 0.15
"""Width of the narrowest bar, in millimetres: as it should be, and what a scanner still reads."""

PLAIN, LEADING = 9.0, 1.25
"""The size of letters in points, and the distance of lines by it."""

PADDING = 6.0
"""Points between the side of a table's cell and what is in it."""

Part = Any
"""A part of a page, of the PDF library, which has no types."""


def words(text: object, size: float = PLAIN, *, bold: bool = False) -> Part:
    """A paragraph; it breaks where its text does, and where it is too long."""
    from reportlab.platypus import Paragraph

    use_fonts()
    font = BOLD if bold else REGULAR
    lines = "<br/>".join(marked(line, font) for line in str(text).splitlines())
    return Paragraph(lines, _style(font, size, begins_at_the_right(str(text))))


@cache
def _style(font: str, size: float, at_the_right: bool) -> Part:  # noqa: FBT001 -- a side of the page
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    side = TA_RIGHT if at_the_right else TA_LEFT
    return ParagraphStyle(
        f"{font}{size}{side}",
        fontName=font,
        fontSize=size,
        leading=size * LEADING,
        alignment=side,
        splitLongWords=True,
    )


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
    from reportlab.lib.units import mm

    from documents.bars import Bars

    below = words(value, 8)
    if not (value.isascii() and value.isprintable()):
        return [below]
    bars = Bars(value, widest_mm * mm, BAR_MM * mm, height_mm * mm)
    return [bars, below] if bars.bar >= LEAST_BAR_MM * mm else [below]


def table(titles: Sequence[str], rows: Sequence[Sequence[Part]], widths_mm: Sequence[int]) -> Part:
    """A table that goes on over pages with its titles repeated; cells are texts or parts."""
    from reportlab.lib.units import mm

    from documents.rows import Cells, Rows

    use_fonts()
    widths = [width * mm for width in widths_mm]
    head = [words(title, bold=True) for title in titles]
    body = [[_cell(c, w) for c, w in zip(row, widths, strict=True)] for row in rows]
    return Rows(Cells(head, body, widths, (REGULAR, PLAIN, PLAIN * LEADING)))


def _cell(told: Part, width: float) -> Part:
    """A part as it is; a text as it is where it stands in one line, else a paragraph."""
    if not isinstance(told, str | int):
        return told
    text = str(told)
    return text if is_one_line(text, PLAIN, width - 2 * PADDING) else words(text)


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
