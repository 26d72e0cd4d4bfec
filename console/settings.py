"""The settings of a policy in words: what each is called, and what its values mean."""

from collections.abc import Mapping

from console import words
from fulfillment.domain.model.counting import said_of

TITLES: Mapping[str, str] = {
    "max_shipments": "Dispatches at most",
    "release_when": "A waiting part goes",
    "hold_if_due_within_days": "Do not split what is complete within",
    "on_shortage": "If units are missing at first",
    "auto_allocate": "Stock that comes in",
    "auto_allocate_within_days": "Take it if the rest is due within",
    "auto_allocate_on": "Stock is given out",
    "min_po_status": "A purchase order counts as here once it is",
    "future_inventory": "What is on its way may be released",
    "future_limit_days": "As far ahead as",
    "default_backorder_days": "Promise without a date from supply",
    "rebalance": "May take units from later orders",
    "verify": "Checking that it is good",
    "duplicates": "A duplicate is known by",
    "prepare": "Choosing where it comes from",
    "routing": "Locations are chosen by",
    "auto_cancel_days": "What waits is cancelled after",
    "over_receipt_days": "More than ordered may come for",
    "archive_after_days": "What is over is archived after",
}
"""What each setting is called."""

VALUES: Mapping[tuple[str, str], str] = {
    ("max_shipments", "none"): "any number",
    ("release_when", "any_part"): "as soon as any of it can",
    ("release_when", "all_sourced"): "when all of it is here or on its way",
    ("hold_if_due_within_days", "none"): "never wait for the rest",
    ("on_shortage", "wait"): "they wait",
    ("on_shortage", "remove"): "they are cancelled",
    ("on_shortage", "reject"): "the order is refused",
    ("on_shortage", "assign_nothing"): "the order takes nothing by itself",
    ("auto_allocate", "always"): "is taken",
    ("auto_allocate", "never"): "is given by a person only",
    ("auto_allocate", "complete_only"): "is taken only to complete a shipment",
    ("auto_allocate", "due_within"): "is taken once the rest is due soon",
    ("auto_allocate_on", "any_supply"): "whenever any comes",
    ("auto_allocate_on", "po_status"): "when a purchase order changes its status",
    ("rebalance", "waiting"): "from those that wait",
    ("rebalance", "off"): "no",
    ("rebalance", "unpicked"): "also from those not picked yet",
    ("duplicates", "reference"): "the customer's reference",
    ("duplicates", "address"): "the reference, or the address",
    ("prepare", "manual"): "by a person",
    ("verify", "manual"): "by a person",
    ("routing", "fewest_locations"): "the fewest that have all",
    ("routing", "location_priority"): "their priority",
    ("auto_cancel_days", "none"): "never",
    ("archive_after_days", "none"): "never",
}
"""Values that mean more than their code says; all others are read as words."""


def title(name: str) -> str:
    """What a setting is called."""
    return TITLES.get(name, words.plain(name).capitalize())


def setting(name: str, value: object) -> str:
    """A setting's value in words."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{words.number(value)} {said_of(value, 'day')}" if "days" in name else str(value)
    code = "none" if value is None else str(value)
    return VALUES.get((name, code), words.value(value))
