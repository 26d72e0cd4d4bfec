"""What happened to shipments of an order, and what the warehouse did."""

from collections.abc import Mapping

from console import words
from console.telling.phrases import (
    Facts,
    Sentences,
    all_goods,
    at,
    by,
    goods,
    listed,
    numbers,
    of_shipment,
    shipment,
    units,
)
from fulfillment.domain.model.counting import said_of


def _it(facts: Facts, what: str) -> str:
    return f"{shipment(facts)} {what}: {units(facts)}{at(facts)}"


def _split(facts: Facts) -> str:
    into = facts["into"]
    others = said_of(len(into), "shipment")
    return f"{shipment(facts)} was divided into {others} {numbers(into)}."


def _short(facts: Facts) -> str:
    found = f" Found: {words.number(facts['found'])}." if "found" in facts else ""
    return f"A picker did not find {goods(facts)}{at(facts)}{of_shipment(facts)}.{found}"


def _packages(facts: Facts) -> str:
    many = facts["packages"]
    return f"{said_of(len(many), 'package')} {numbers(many)}{of_shipment(facts)}"


def _left(facts: Facts) -> str:
    how = f", {labels}" if (labels := listed(map(_label, facts.get("labels") or ()))) else ""
    apart = f" as shipment {facts['shipped_as']}" if facts.get("shipped_as") else ""
    return f"Sent{apart}: {_packages(facts)}, {units(facts)}{_from(facts)}{how}."


def _from(facts: Facts) -> str:
    return f" from {facts['location']}" if facts.get("location") else ""


def _label(label: Mapping[str, object]) -> str:
    told = [str(label[name]) for name in ("carrier", "service", "tracking") if label.get(name)]
    return " ".join(told) or "no label"


def _corrected(facts: Facts) -> str:
    told = listed(
        f"package {one.get('package')} {_label(one.get('to') or {})}, before"
        f" {_label(one.get('from') or {})}"
        for one in facts.get("packages") or ()
    )
    return f"The label was corrected{of_shipment(facts)}: {told or 'as it is'}."


def _beyond(facts: Facts) -> str:
    most = facts.get("max_shipments")
    many = f" than the {words.counted(most, 'dispatch')} of" if most else " than in"
    return f"A person lets it go out once more{many} its policy."


SHIPMENTS: Sentences = {
    "backordered": lambda facts: f"{_it(facts, 'waits')}.",
    "dated": lambda facts: f"{_it(facts, 'waits for what is on its way')}{by(facts)}.",
    "released": lambda facts: f"{_it(facts, 'may be picked')}.",
    "picking_started": lambda facts: f"{_it(facts, 'is being picked')}.",
    "picked": lambda facts: f"{_it(facts, 'is picked')}.",
    "packed": lambda facts: f"{_it(facts, 'is packed')}.",
    "shipped": lambda facts: f"{_it(facts, 'has left')}.",
    "split": _split,
    "shipment_cancelled": lambda facts: f"{_it(facts, 'is cancelled')}.",
    "date_moved": lambda facts: (
        f"{shipment(facts)} is expected on another day{by(facts, 'now')}."
        if facts.get("expected_on")
        else f"{shipment(facts)} has no day any more."
    ),
    "sent_back": lambda facts: f"{shipment(facts)} waits again; it keeps its units.",
    "beyond_max_shipments": _beyond,
    "units_picked": lambda facts: f"Picked: {all_goods(facts)}{of_shipment(facts)}.",
    "unpicked": lambda facts: f"Back on the shelf: {all_goods(facts)}{of_shipment(facts)}.",
    "pick_given_up": lambda facts: f"{shipment(facts)} was left to another picker.",
    "short_picked": _short,
    "stock_lost": lambda facts: (
        f"Not there after all: {goods(facts)}{at(facts)}{of_shipment(facts)}."
    ),
    "staged": lambda facts: f"Set aside in a container: {all_goods(facts)}{at(facts)}.",
    "unstaged": lambda facts: (
        f"From the container back on the shelf: {all_goods(facts)}{at(facts)}."
    ),
    "package_packed": lambda facts: f"Packed: {_packages(facts)}, {units(facts)}.",
    "package_changed": lambda facts: f"Packed otherwise: {_packages(facts)}, {units(facts)}.",
    "package_opened": lambda facts: f"Taken apart: {_packages(facts)}, {units(facts)}.",
    "packages_shipped": _left,
    "tracking_corrected": _corrected,
    "dispatch_voided": lambda facts: (
        f"{shipment(facts)} has not left after all: {units(facts)} are here, packed."
    ),
}
