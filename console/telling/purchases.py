"""What happened to a purchase order."""

from console import words
from console.telling.phrases import Facts, Sentences, all_goods, at, by, goods, no_day, of_line, to


def _coming(row: Facts) -> str:
    return f"{goods(row)}{to(row)}{by(row)}"


def _arrived(row: Facts) -> str:
    state = row.get("disposition")
    return goods(row) if state in (None, "sellable") else f"{goods(row)} ({words.plain(state)})"


def _moved(row: Facts) -> str:
    now, was = no_day(row.get("to")), no_day(row.get("from"))
    return f"{goods(row)} {now}, before {was}"


def _units(row: Facts) -> str:
    return f"{of_line(row)} {words.number(row.get('to'))}, before {words.number(row.get('from'))}"


def _received(facts: Facts) -> str:
    all_of_it = " All of it is here." if facts.get("complete") else ""
    return f"{_receipt(facts)}: {all_goods(facts, _arrived)}.{all_of_it}"


def _reversed(facts: Facts) -> str:
    return f"{_receipt(facts)} was taken back: {all_goods(facts, _arrived)}."


def _receipt(facts: Facts) -> str:
    return f"{f'Receipt {number}' if (number := facts.get('receipt')) else 'A receipt'}{at(facts)}"


def _status(facts: Facts) -> str:
    return words.plain(facts.get("status", "moved"))


def _closed(facts: Facts) -> str:
    rest = f" The rest does not come: {all_goods(facts)}." if facts.get("lines") else ""
    return f"It is {_status(facts)}.{rest}"


PURCHASES: Sentences = {
    "written": lambda facts: f"Written as a draft: {all_goods(facts, _coming)}.",
    "approved": lambda facts: f"It counts from now on: {all_goods(facts, _coming)}.",
    "moved": lambda facts: f"It is {_status(facts)}.",
    "closed": _closed,
    "date_moved": lambda facts: f"Another day: {all_goods(facts, _moved)}.",
    "units_changed": lambda facts: f"Other units: {all_goods(facts, _units)}.",
    "overdue": lambda facts: f"Did not come in time: {all_goods(facts, _coming)}.",
    "received": _received,
    "reversed": _reversed,
}
