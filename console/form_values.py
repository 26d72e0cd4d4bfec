"""What a form says, as the commands take it; what it can not mean is refused, naming its field."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from fulfillment.domain.model.limits import MOST_UNITS
from fulfillment.domain.model.names import MOST_NUMBER, as_written, fault_of
from fulfillment.domain.model.rank import FIRST_PRIORITY, LAST_PRIORITY
from fulfillment.domain.model.refusals import RefusedError, invalid

Values = Mapping[str, str]

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
WORD = re.compile(r"[a-z][a-z0-9_.]{0,59}")
WHOLE = re.compile(r"-?[0-9]{1,9}")
PART = re.compile(r"([0-9]{1,7})(?::([0-9]{1,7}))?")
LOCATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
MOST_LINE = 1_000_000
MOST_PARTS = 500
LONGEST_NOTE = 500
LONGEST_KEY = 36
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
FIRST_YEAR, LAST_YEAR = 2000, 2199


def line(values: Values, field: str) -> int:
    """The number of a line."""
    return _whole(values, field, 1, MOST_LINE, "the number of a line")


def line_or_none(values: Values, field: str) -> int | None:
    """The number of a line; None for every one."""
    return line(values, field) if values.get(field) else None


def units(values: Values, field: str) -> int | None:
    """Base units; None where none are named."""
    return needed_units(values, field) if values.get(field) else None


def needed_units(values: Values, field: str) -> int:
    """Base units."""
    return _whole(values, field, 1, MOST_UNITS, "units")


def counted_units(values: Values, field: str) -> int:
    """Base units that were counted, of which there may be none."""
    return _whole(values, field, 0, MOST_UNITS, "units")


def priority(values: Values, field: str) -> int:
    """A place in the queue."""
    return _whole(values, field, FIRST_PRIORITY, LAST_PRIORITY, "a priority")


def code(values: Values, field: str, *, needed: bool = True) -> str | None:
    """A short code, as a hold has one; where it is not needed, None for all of them."""
    text = values.get(field, "").strip()
    if not text and not needed:
        return None
    if not CODE.fullmatch(text):
        message = "a reason is a short code of small letters, digits and _, such as payment_review"
        raise invalid("bad_code", message, field)
    return text


def name(values: Values, field: str) -> str:
    """The number of a document; empty where none is named."""
    text = as_written(values.get(field, ""))
    if text and (fault := fault_of(text, MOST_NUMBER)):
        raise invalid("bad_name", f"the number {fault}", field)
    return text


def location(values: Values, field: str) -> str | None:
    """A location by its name; None for no one."""
    text = values.get(field, "").strip()
    if text and not LOCATION.fullmatch(text):
        raise invalid("bad_location", "choose one of the locations", field)
    return text or None


def one_of(values: Values, field: str, words: Sequence[str]) -> str:
    """One of some words."""
    if (word := values.get(field, "")) not in words:
        raise invalid("bad_choice", f"{field} is one of {', '.join(words)}", field)
    return word


def day(values: Values, field: str) -> date | None:
    """A day as a browser sends it; None where none is named."""
    text = values.get(field, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise _bad_day(field) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _bad_day(field)
    return found


def _bad_day(field: str) -> RefusedError:
    return invalid("bad_day", "write a day as 2026-03-31", field)


def lines(values: Values, field: str) -> list[tuple[int, int | None]]:
    """Lines, each with the units of it or None for all: `1, 2:3`."""
    parts = values.get(field, "").replace(",", " ").split()
    found = [PART.fullmatch(part) for part in parts[:MOST_PARTS]]
    if len(parts) > MOST_PARTS or not all(found):
        raise invalid("bad_lines", "write lines as 1, or as 1:2 for two units of line 1", field)
    return [(int(one[1]), int(one[2]) if one[2] else None) for one in found if one]


def settings(values: Values, field: str) -> dict[str, object]:
    """Settings by name: `max_shipments=2 future_inventory=on`."""
    knobs: dict[str, object] = {}
    for part in values.get(field, "").split():
        knob, sign, text = part.partition("=")
        if not sign or not CODE.fullmatch(knob) or knob in knobs:
            raise invalid("bad_setting", "write each setting once, as name=value", field)
        knobs[knob] = _value(text, field)
    return knobs


WORDS: Mapping[str, object] = {"none": None, "null": None, "on": True, "true": True,
                               "off": False, "false": False}  # fmt: skip


def _value(text: str, field: str) -> object:
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if WHOLE.fullmatch(text):
        return int(text)
    if not WORD.fullmatch(text):
        raise invalid("bad_setting", "a value is a whole number, on, off, none or a word", field)
    return text


def written(knobs: Mapping[str, object]) -> str:
    """Settings as `settings` reads them."""
    words = {None: "none", True: "on", False: "off"}
    return " ".join(
        f"{knob}={words[value] if value is None or isinstance(value, bool) else value}"
        for knob, value in knobs.items()
    )


def names(values: Values, field: str) -> list[str]:
    """Names of settings."""
    found = values.get(field, "").replace(",", " ").split()
    if not all(CODE.fullmatch(one) for one in found):
        raise invalid("bad_setting", "name settings as they are called on this page", field)
    return found


def note(values: Values) -> str | None:
    """Why, for the history."""
    text = values.get("note", "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = text.strip()
    if len(text) > LONGEST_NOTE or CONTROL.search(text):
        message = f"a note is text of at most {LONGEST_NOTE} characters"
        raise invalid("bad_note", message, "note")
    return text or None


def key(values: Values) -> str:
    """The key that the server made for the form: what is asked under it is done once."""
    found = values.get("key", "")
    if not 0 < len(found) <= LONGEST_KEY:
        raise _not_whole("key")
    return found


def version(values: Values) -> int:
    """Which version of a thing the page showed."""
    found = values.get("version", "")
    if not WHOLE.fullmatch(found):
        raise _not_whole("version")
    return int(found)


def _not_whole(field: str) -> RefusedError:
    return invalid("bad_form", "open the page anew: its form is not whole", field)


def _whole(values: Values, field: str, least: int, most: int, what: str) -> int:
    text = values.get(field, "").strip()
    if not WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise invalid("bad_number", f"{what} is a whole number from {least} to {most}", field)
    return int(text)
