"""What happened to lines of an order and their units."""

from console import words
from console.telling.phrases import (
    Facts,
    Sentences,
    all_goods,
    at,
    by,
    goods,
    listed,
    money,
    of_line,
    slices,
    units,
)


def _first(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _price(facts: Facts) -> str:
    now, was = (money(facts.get(name), facts.get("currency")) for name in ("to", "from"))
    return f"{_first(of_line(facts))} costs {now} a unit; it was {was}."


def _exchanged(facts: Facts) -> str:
    return f"{_into(facts)} instead of {goods(facts)} of line {facts['line']}."


def _after_return(facts: Facts) -> str:
    back = f"{goods(facts)} of line {facts['line']}"
    return f"{_into(facts)} for what comes back: {back}."


def _into(facts: Facts) -> str:
    return f"{facts['into_sku']} in a new line {facts['into']}"


def _again(facts: Facts) -> str:
    sent = all_goods(facts, lambda row: f"{goods(row)} in line {row.get('into')}")
    return f"Lost from shipment {facts['shipment']}, sent again: {sent}."


def _returned(facts: Facts) -> str:
    state = facts.get("disposition")
    state = "" if state in (None, "sellable") else f", {words.plain(state)}"
    under = f" with return {facts['return']}" if facts.get("return") else ""
    return f"{_first(goods(facts))} came back{under}{state}."


def _at_place(row: Facts) -> str:
    return f"{goods(row)}{at(row)}"


def _pinned(facts: Facts) -> str:
    pins = listed(
        f"{words.counted(one['units'], 'unit')} of {one['source']}"
        for one in facts.get("pins") or ()
    )
    return f"A person tied line {facts['line']} to {pins or 'nothing'}."


def _unpinned(facts: Facts) -> str:
    came = f" It keeps {units(facts, 'came')} that came, by its rank alone."
    free = f"Line {facts['line']} is tied to no supply any more."
    return f"{free}{came}" if facts.get("came") else free


def _of_pin(facts: Facts) -> str:
    return f"{units(facts)} of {facts['source']} for line {facts['line']}"


def _promised(row: Facts) -> str:
    return f"{row.get('sku')}, {slices(row.get('promise') or ())}"


def _moved(facts: Facts) -> str:
    why = listed(facts.get("because") or ())
    because = f", because of {why}" if why else ""
    now, was = (slices(facts.get(name) or ()) for name in ("to", "from"))
    return f"Another promise for {of_line(facts)}: {now}, before {was}{because}."


LINES: Sentences = {
    "line_added": lambda facts: f"A new line {facts['line']}: {goods(facts)}.",
    "quantity_changed": lambda facts: (
        f"{_first(of_line(facts))} is for {units(facts, 'to')}; before {units(facts, 'from')}."
    ),
    "price_changed": _price,
    "units_cancelled": lambda facts: f"Cancelled: {goods(facts)} of line {facts['line']}.",
    "exchanged": _exchanged,
    "exchanged_after_return": _after_return,
    "sent_again": _again,
    "shortage_removed": lambda facts: (
        f"What was missing was cancelled, as its policy says: {all_goods(facts)}."
    ),
    "unavailable_removed": lambda facts: f"A person cancelled what was missing: {units(facts)}.",
    "returned": _returned,
    "by_hand": lambda facts: f"{_first(of_line(facts))} takes stock by hand only.",
    "by_itself": lambda facts: f"{_first(of_line(facts))} takes stock by itself again.",
    "allocated": lambda facts: f"Allocated: {all_goods(facts, _at_place)}.",
    "unallocated": lambda facts: f"Given back: {all_goods(facts, _at_place)}.",
    "assigned_nothing": lambda facts: (
        f"It takes nothing by itself, since units were missing: {all_goods(facts)}."
    ),
    "pinned": _pinned,
    "unpinned": _unpinned,
    "pin_lost": lambda facts: f"No longer tied: {_of_pin(facts)}.",
    "pin_late": lambda facts: f"Tied to what is late: {_of_pin(facts)}.",
    "pin_back": lambda facts: f"Tied to what has a date again, or came: {_of_pin(facts)}.",
    "waits": lambda facts: f"Waiting: {all_goods(facts)}{by(facts)}.",
    "promise_given": lambda facts: f"First promise: {all_goods(facts, _promised)}.",
    "promise_moved": _moved,
}
