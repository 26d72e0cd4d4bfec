"""What is glued to a container with staged units."""

from documents import sheet
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.papers import ContainerLabel

SIZE_MM = (100, 70)
INSIDE_MM = 82


def draw_container_label(label: ContainerLabel) -> bytes:
    """A small label: the order, the container, each with its bars."""
    return sheet.drawn(
        f"Container {label.label}",
        [
            sheet.heading(label.label, _size(label.label)),
            sheet.words(f"{label.merchant} · {label.location} · {_units(label)}", 8),
            sheet.gap(1),
            *sheet.barcode(_scanned(label), INSIDE_MM, 11),
            sheet.gap(1),
            sheet.heading(f"Order {label.order}", _size(label.order)),
            *sheet.barcode(label.order, INSIDE_MM, 11),
        ],
        SIZE_MM,
    )


def _size(text: str) -> int:
    return 14 if len(text) <= 20 else 8  # noqa: PLR2004 -- what fits into one line


def _scanned(label: ContainerLabel) -> str:
    """A label in letters that bars can not hold is scanned by the container's number."""
    return label.label if label.label.isascii() else f"container {label.id}"


def _units(label: ContainerLabel) -> str:
    return counted(sum(line.units for line in label.lines), "unit")
