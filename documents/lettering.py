"""The typeface of the documents, and what happens to characters that it does not have."""

import threading
import unicodedata
from functools import cache

REGULAR, BOLD = "Vera", "VeraBd"
"""Bitstream Vera, which the PDF library brings along: western and central European letters."""

UNKNOWN = "?"


REGISTERING = threading.Lock()


def use_fonts() -> None:
    """Have the fonts ready, once for a process: a font that is replaced breaks what uses it."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with REGISTERING:
        for name in {REGULAR, BOLD} - set(pdfmetrics.getRegisteredFontNames()):
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))


def lettered(text: str) -> str:
    """The text in letters that the font has.

    A letter that it lacks is written without its accents; what is no letter of it at all, as in
    Greek or Chinese, becomes a question mark, so that a reader sees that something is missing.
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
    """Every character that both fonts have."""
    from reportlab.pdfbase import pdfmetrics

    use_fonts()
    faces = (pdfmetrics.getFont(name).face for name in (REGULAR, BOLD))
    return frozenset.intersection(*(frozenset(face.charToGlyph) for face in faces))
