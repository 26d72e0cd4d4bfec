"""Code 128, encoded once and drawn as one path."""

from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.platypus import Flowable


class Bars(Flowable):  # type: ignore[misc] # the library has no types
    """The bars of a value. Sizes are in points.

    The library's own part encodes its value again each time it is asked for its width.
    """

    def __init__(self, value: str, widest: float, bar: float, height: float) -> None:
        """No wider than that, with bars as they should be where they have room."""
        super().__init__()
        self.hAlign = "LEFT"
        code: Any = Code128(value, barWidth=1, quiet=False)
        modules = code.width
        self.value: str = code.validated
        self.bar = min(bar, widest / modules)
        self.width, self.height = self.bar * modules, height
        self._widths = [ord(one) & 31 for one in code.decomposed]

    def draw(self) -> None:
        """A bar, a space, a bar: in a room whose unit is the narrowest bar, and one bar high."""
        at, path = 0, []
        for index, width in enumerate(self._widths):
            if index % 2 == 0:
                path.append(f"{at} 0 {width} 1 re")
            at += width
        self.canv.scale(self.bar, self.height)
        self.canv.drawPath(PDFPathObject(path), stroke=0, fill=1)
