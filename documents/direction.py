"""Text that runs from right to left, as it is put on paper: letters joined, and in visual order.

A small part of the Unicode rules, for names and addresses of one line: no marks that change the
direction, no brackets that belong together. A line that is broken is broken after this.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

JOINED_FORMS = (*range(0xFB50, 0xFDFC), *range(0xFE80, 0xFEFD))
LAM = "\u0644"
RIGHT_TO_LEFT = frozenset({"R", "AL"})
NUMBERS = frozenset({"EN", "AN"})
MARK = "NSM"


def is_right_to_left(text: str) -> bool:
    """Whether the line as a whole runs so: its first letter with a direction does."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in {*RIGHT_TO_LEFT, "L"}), "L") in RIGHT_TO_LEFT


def visual(text: str) -> str:
    """The text in the order in which its letters stand on the paper, from left to right."""
    if not any(unicodedata.bidirectional(c) in RIGHT_TO_LEFT for c in text):
        return text
    shaped = _joined(text)
    levels = _levels(shaped, 1 if is_right_to_left(shaped) else 0)
    order = list(range(len(shaped)))
    for level in range(max(levels), 0, -1):
        order = _turned(order, levels, level)
    return "".join(_mirrored(shaped[at], levels[at]) for at in order)


def _levels(text: str, base: int) -> list[int]:
    """How deep each character is in turns of direction: odd ones run from right to left."""
    levels: list[int | None] = []
    in_right_to_left = base == 1
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in RIGHT_TO_LEFT or kind == "L":
            in_right_to_left = kind in RIGHT_TO_LEFT
            levels.append(1 if in_right_to_left else 2 * base)
        elif kind in NUMBERS:
            levels.append(2 if in_right_to_left else 2 * base)
        elif kind == MARK and levels:
            levels.append(levels[-1])
        else:
            levels.append(None)
    return [level if level is not None else _between(levels, at, base)
            for at, level in enumerate(levels)]  # fmt: skip


def _between(levels: list[int | None], at: int, base: int) -> int:
    """A space or a sign goes with its neighbours where both run the same way."""
    before = next((one for one in reversed(levels[:at]) if one is not None), base)
    after = next((one for one in levels[at:] if one is not None), base)
    inside = {1 if level in (1, 2) and base == 0 else level for level in (before, after)}
    return inside.pop() if len(inside) == 1 else base


def _turned(order: list[int], levels: list[int], level: int) -> list[int]:
    turned: list[int] = []
    run: list[int] = []
    for at in order:
        if levels[at] >= level:
            run.append(at)
            continue
        turned += [*reversed(run), at]
        run = []
    return [*turned, *reversed(run)]


def _mirrored(character: str, level: int) -> str:
    pairs = {"(": ")", ")": "(", "[": "]", "]": "[", "<": ">", ">": "<", "«": "»", "»": "«"}
    return pairs.get(character, character) if level % 2 else character


def _joined(text: str) -> str:
    """Arabic letters in the forms that they have beside each other."""
    forms, characters = _forms(), list(text)
    made: list[str] = []
    joins = False
    at = 0
    while at < len(characters):
        if unicodedata.bidirectional(characters[at]) == MARK:
            made.append(characters[at])
            at += 1
            continue
        pair = "".join(characters[at : at + 2])
        letter = pair if pair[0] == LAM and pair in forms else characters[at]
        at += len(letter)
        known = forms.get(letter, {})
        after = next((c for c in characters[at:] if unicodedata.bidirectional(c) != MARK), "")
        onward = "initial" in known and "final" in forms.get(after, {})
        made.append(known.get(_form(joins and "final" in known, onward), letter))
        joins = onward
    return "".join(made)


def _form(before: bool, after: bool) -> str:  # noqa: FBT001 -- two sides of a letter
    if before:
        return "medial" if after else "final"
    return "initial" if after else "isolated"


@cache
def _forms() -> Mapping[str, Mapping[str, str]]:
    """The forms of each letter, and of lam with an alef behind it, by their names."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for code in JOINED_FORMS:
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        plain = "".join(chr(int(letter, 16)) for letter in letters)
        if len(plain) == 1 or (len(plain) == 2 and plain[0] == LAM and code >= 0xFEF5):  # noqa: PLR2004
            found[plain].setdefault(form.strip("<>"), chr(code))
    return dict(found)
