"""The typefaces of the documents, and what happens to characters that none of them has."""

import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from documents.direction import is_right_to_left, visual

REGULAR, BOLD, EAST_ASIAN = "DejaVuSans", "DejaVuSans-Bold", "DroidSansFallback"
"""DejaVu: Latin, Greek, Cyrillic, Hebrew, Arabic. Droid: Chinese, Japanese, Korean.

They lie here with their licences, so that nothing is fetched. A document holds only the letters
that it uses.
"""

FOLDER = Path(__file__).parent / "fonts"
UNKNOWN = "?"


REGISTERING = threading.Lock()


def use_fonts() -> None:
    """Have the fonts ready, once for a process: a font that is replaced breaks what uses it."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with REGISTERING:
        for name in {REGULAR, BOLD, EAST_ASIAN} - set(pdfmetrics.getRegisteredFontNames()):
            pdfmetrics.registerFont(TTFont(name, str(FOLDER / f"{name}.ttf")))


def marked(text: str, font: str) -> str:
    """The text as a paragraph of this font takes it: in visual order, other letters named."""
    drawn = ((_face(character, font), character) for character in visual(lettered(text)))
    return "".join(_run(face, font, characters) for face, characters in _runs(drawn))


def is_one_line(text: str, size: float, width: float) -> bool:
    """Whether it is drawn as it is, in the plain font, in one line of that width in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    is_plain = text.isascii() and text.isprintable()
    return is_plain and bool(stringWidth(text, REGULAR, size) <= width)


def begins_at_the_right(text: str) -> bool:
    """Whether a line of it stands at the right side."""
    return is_right_to_left(text)


def _runs(drawn: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for face, group in groupby(drawn, key=lambda one: one[0]):
        yield face, "".join(character for _, character in group)


def _run(face: str, font: str, text: str) -> str:
    return escape(text) if face == font else f'<font name="{face}">{escape(text)}</font>'


def _face(character: str, font: str) -> str:
    return EAST_ASIAN if ord(character) not in _of(font) else font


def lettered(text: str) -> str:
    """The text in letters that the fonts have.

    A letter that they lack is written without its accents; what is no letter of them at all
    becomes a question mark, so that a reader sees that something is missing.
    """
    return "".join(_letter(character) for character in text)


@cache
def _letter(character: str) -> str:
    if _has(character):
        return character
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if _has(c))
    return bare or (" " if character.isspace() else UNKNOWN)


def _has(character: str) -> bool:
    return ord(character) in _known() and character.isprintable()


@cache
def _known() -> frozenset[int]:
    """Every character that can be drawn, also in bold."""
    return _of(REGULAR) & _of(BOLD) | _of(EAST_ASIAN)


@cache
def _of(font: str) -> frozenset[int]:
    """Every character of a font."""
    from reportlab.pdfbase import pdfmetrics

    use_fonts()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)
