"""What a form says, as the commands take it; what it can not mean is refused, naming its field."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from fulfillment.domain.model.limits import MOST_UNITS
from fulfillment.domain.model.names import MOST_NUMBER, MOST_SKU, as_written, fault_of
from fulfillment.domain.model.rank import FIRST_PRIORITY, LAST_PRIORITY
from fulfillment.domain.model.refusals import RefusedError, invalid

Values = Mapping[str, str]

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
WORD = re.compile(r"[a-z][a-z0-9_.]{0,59}")
WHOLE = re.compile(r"-?[0-9]{1,9}")
UNITS = re.compile(r"-?[0-9]{1,12}")
PART = re.compile(r"([0-9]{1,7})(?::([0-9]{1,7}))?")
LOCATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
MOST_LINE = 1_000_000
MOST_PARTS = 500
MOST_PERCENT = 100
LONGEST_NOTE = 500
LONGEST_WORDS = 100
LONGEST_REASON = 200
LONGEST_KEY = 36
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
FIRST_YEAR, LAST_YEAR = 2000, 2199


def line(values: Values, field: str) -> int:
    """The number of a line."""
    return _whole(values, field, 1, MOST_LINE, "the number of a line")


def chosen(words: Sequence[str]) -> Callable[[Values, str], str]:
    """A reader of one of some words."""
    return lambda values, field: one_of(values, field, words)


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


def came_units(values: Values, field: str) -> int:
    """Base units that came; none where nothing is typed, or a 0."""
    return counted_units(values, field) if values.get(field, "").strip() else 0


def ordered_units(values: Values, field: str) -> int | None:
    """Base units that are to be ordered in all; None where it stays as it is."""
    return counted_units(values, field) if values.get(field, "").strip() else None


def percent(values: Values, field: str) -> int:
    """Whole percents; none where nothing is typed."""
    if not values.get(field, "").strip():
        return 0
    return _whole(values, field, 0, MOST_PERCENT, "a percentage")


def priority(values: Values, field: str) -> int:
    """A place in the queue."""
    return _whole(values, field, FIRST_PRIORITY, LAST_PRIORITY, "a priority")


def code_or_none(values: Values, field: str) -> str | None:
    """A short code, as a hold has one; None for all of them."""
    return code(values, field) if values.get(field, "").strip() else None


def code(values: Values, field: str) -> str:
    """A short code, as a hold has one."""
    text = values.get(field, "").strip()
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


def needed_name(values: Values, field: str) -> str:
    """The number that a document is to have."""
    if not (found := name(values, field)):
        raise invalid("bad_name", "give it a number that no other has", field)
    return found


def sku(values: Values, field: str) -> str:
    """A SKU."""
    text = as_written(values.get(field, ""))
    if fault := fault_of(text, MOST_SKU):
        raise invalid("bad_name", f"the SKU {fault}", field)
    return text


def words(values: Values, field: str, most: int = LONGEST_WORDS) -> str:
    """A line of text; empty where there is none."""
    text = values.get(field, "").strip()
    if len(text) > most:
        message = f"it has {len(text):,} characters, at most {most} are taken"
        raise invalid("too_long", message, field)
    if not text.isprintable():
        raise invalid("bad_text", "it holds a character that can not be shown", field)
    return text


def filters(values: Values, labels: Mapping[str, str]) -> dict[str, str]:
    """What a list is narrowed by, each of one line of text; too much of it is refused, not cut."""
    found: dict[str, str] = {}
    for field, label in labels.items():
        try:
            text = words(values, field)
        except RefusedError as error:
            raise invalid(error.code, f"{label}: {error}", field) from None
        if text:
            found[field] = text
    return found


def reason(values: Values, field: str) -> str:
    """Why, in a line; empty where nothing is said."""
    return words(values, field, LONGEST_REASON)


def needed_location(values: Values, field: str) -> str:
    """A location by its name."""
    if (found := location(values, field)) is None:
        raise invalid("bad_location", "choose one of the locations", field)
    return found


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


def note(values: Values, field: str = "note") -> str | None:
    """Why, for the history."""
    text = values.get(field, "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = text.strip()
    if len(text) > LONGEST_NOTE or CONTROL.search(text):
        message = f"a note is text of at most {LONGEST_NOTE} characters"
        if len(text) > LONGEST_NOTE:
            message += f"; this one has {len(text):,}"
        raise invalid("bad_note", message, field)
    return text or None


def needed_note(values: Values, field: str = "note") -> str:
    """Why, where it has to be said."""
    if (found := note(values, field)) is None:
        raise invalid("reason_needed", "say why; the ledger keeps it", field)
    return found


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
    if not UNITS.fullmatch(text) or not least <= int(text) <= most:
        message = f"{what} is a whole number from {least} to {most:,}"
        raise invalid("bad_number", message, field)
    return int(text)
