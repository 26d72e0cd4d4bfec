"""What happened to an order as a whole."""

from collections.abc import Iterator, Mapping

from console import words
from console.settings import setting, title
from console.telling.phrases import (
    FIELDS,
    Facts,
    Sentences,
    a_day,
    all_goods,
    listed,
    of_line,
    units,
)
from fulfillment.domain.model.holds import hold_words, holds_in_words

REFUSED: Mapping[str, str] = {
    "backorder_limit": "more units would wait than the product allows",
    "backorder_not_allowed": "the product does not allow units to wait",
    "on_shortage": "its policy refuses an order of which units are missing",
}

OFFERS: Mapping[str, str] = {
    "accept_date": "to wait",
    "ship_now": "to have sent now what is here",
    "ship_as_available": "to have each part sent as soon as it is here",
    "exchange": "another product",
    "wait_for_all": "to have everything sent together",
    "cancel_short": "to cancel what is missing",
    "cancel_order": "to cancel what has not left",
}
"""What a customer chose on the order's page."""

CHANNELS: Mapping[str, str] = {
    "pick": "is picked at",
    "pickup": "is picked up at",
    "drop_ship": "is sent by the supplier from",
}


def _received(facts: Facts) -> str:
    lines = words.counted(facts["lines"], "line") if "lines" in facts else "its lines"
    return f"Taken in: {lines}, {units(facts)}."


def _status(facts: Facts) -> str:
    now, was = words.plain(facts["to"]), words.plain(facts["from"])
    if facts.get("holds"):
        return f"Put on hold: {holds_in_words(facts['holds'])}. It was {was}."
    if facts["from"] == "on_hold":
        return f"No longer on hold. It is {now}."
    return f"It is {now}; it was {was}."


def _rejected(facts: Facts) -> str:
    why = REFUSED.get(facts["why"], words.plain(facts["why"]))
    return f"Refused when it first asked for stock: {why}. Missing: {all_goods(facts)}."


def _lock(facts: Facts) -> str:
    was, now = facts["from"], facts["to"]
    if not now:
        return f"It may come from any location again; it was locked to {was}."
    return f"Locked to {now}{f'; it was locked to {was}' if was else ''}."


def _policy(facts: Facts) -> str:
    changes = listed(_knob(name, change) for name, change in (facts.get("knobs") or {}).items())
    return f"Its own settings changed. {changes}." if changes else "Its own settings changed."


def _knob(name: str, change: Facts) -> str:
    now, was = setting(name, change.get("to")), setting(name, change.get("from"))
    return f"{title(name)}: {now}, before {was}"


def _address(facts: Facts) -> str:
    return f"Changed: {_fields(facts.get('changed') or ['address'])}."


def _edited(facts: Facts) -> str:
    also = f" Also changed: {_fields(facts['also'])}." if facts.get("also") else ""
    return f"Its channel sent revision {facts.get('revision', 'anew')}.{also}"


def _fields(names: list[str]) -> str:
    return listed(FIELDS.get(name, words.plain(name)) for name in names)


def _chose(facts: Facts) -> str:
    what = OFFERS.get(facts["offer"], words.plain(facts["offer"]))
    return f"Its customer chose {what}{''.join(_of_offer(facts))}."


def _of_offer(facts: Facts) -> Iterator[str]:
    if facts.get("sku"):
        yield f", {facts['sku']}"
    if facts.get("units"):
        yield f", {units(facts)}"
    if facts.get("line"):
        yield f" for line {facts['line']}"
    if facts.get("day"):
        yield f" until {a_day(facts['day'])}"


def _channels(facts: Facts) -> str:
    return f"A person chose: {listed(map(_channel, facts.get('lines') or ())) or 'as it is'}."


def _channel(row: Facts) -> str:
    if row.get("channel") not in CHANNELS:
        return f"{of_line(row)} waits by hand"
    return f"{of_line(row)} {CHANNELS[row['channel']]} {row.get('location') or 'any location'}"


def _too_long(facts: Facts) -> str:
    gone = f"What still waited was cancelled: {units(facts)}."
    if facts.get("days") is not None:
        return f"{gone} Its policy lets units wait for {words.counted(facts['days'], 'day')}."
    return f"{gone} It was to wait until {a_day(facts['cancel_on'])}."


ORDERS: Sentences = {
    "received": _received,
    "verified": lambda _: "Found to be good.",
    "prepared": lambda _: "Where its lines come from is chosen.",
    "channels_chosen": _channels,
    "status_changed": _status,
    "holds_changed": lambda facts: f"On hold: {holds_in_words(facts['holds'])}.",
    "held": lambda facts: f"Set aside for a person: {hold_words(facts['reason'])}.",
    "rejected": _rejected,
    "priority_changed": lambda facts: f"Priority {facts['to']}; it was {facts['from']}.",
    "lock_changed": _lock,
    "policy_changed": _policy,
    "cancel_date_changed": lambda facts: (
        f"What waits is cancelled: {a_day(facts['to'])}; before {a_day(facts['from'])}."
    ),
    "address_changed": _address,
    "delay_accepted": lambda _: "Its customer agreed to wait.",
    "edited": _edited,
    "ready_to_ship": lambda facts: (
        "Something of it can go now." if facts.get("ready") else "Nothing of it can go any more."
    ),
    "customer_chose": _chose,
    "waited_too_long": _too_long,
}
