"""What may be the name of something: an order's number, a SKU, a container's label.

Shops write them as they like (`#1001`, `A 7/8+`, `Käse.klein`), and so they are kept: in URLs,
workflow ids, papers and files each is written in the way of the place.
"""

import unicodedata

MOST_NUMBER, MOST_SKU = 64, 63
"""Characters of an order's, a document's or a container's name, and of a SKU."""


SLASH = "\ue000"
"""Stands for a slash inside a part of a URL's path, on the way to who reads the part: a private
character, which no name holds."""


def as_written(name: str) -> str:
    """The name without spaces around it, its letters in one form: ä is one letter, not two."""
    return unicodedata.normalize("NFC", name.strip())


def fault_of(name: str, most: int) -> str | None:
    """What is wrong with a name, as a sentence begins with it; None where nothing is.

    A letter or digit is in it, so that it is no mere dot, which a URL would swallow.
    """
    if not name:
        return "is empty"
    if len(name) > most:
        return f"has {len(name)} characters, at most {most} are taken"
    if not name.isprintable():
        return "holds a character that can not be shown, such as a line break or a tab"
    if not any(character.isalnum() for character in name):
        return "holds no letter and no digit"
    return None
