"""A picture over a paper: checked when it is taken, so that no paper fails for it."""

from io import BytesIO
from typing import Any

FORMATS = ("PNG", "JPEG")
MOST_PIXELS = 4_000_000
WIDEST_MM, HIGHEST_MM = 60, 22


def is_picture(content: bytes) -> bool:
    """Whether it is a whole PNG or JPEG of a size that one can draw."""
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return False
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def picture(content: bytes) -> Any:
    """A part of a page, no larger than fits over an address."""
    from reportlab.lib.units import mm
    from reportlab.platypus import Image

    drawn = Image(BytesIO(content))
    scale = min(WIDEST_MM * mm / drawn.imageWidth, HIGHEST_MM * mm / drawn.imageHeight)
    drawn.drawWidth, drawn.drawHeight = drawn.imageWidth * scale, drawn.imageHeight * scale
    drawn.hAlign = "LEFT"
    return drawn
