"""Allowed actions as plain data."""

from collections.abc import Iterable
from typing import Any

from fulfillment.domain.actions import Choice
from fulfillment.domain.orders import Order, waiting_lines
from fulfillment.store.loading import load_levels, load_locations, load_products
from fulfillment.store.session import Tx


def choices(made: Iterable[Choice]) -> dict[str, Any]:
    """The names of what is allowed, and for the rest the code and the reason."""
    told = list(made)
    return {
        "allowed": [choice.action for choice in told if choice.allowed],
        "refused": [
            {"action": choice.action, "code": choice.code, "why": choice.why}
            for choice in told
            if not choice.allowed
        ],
    }


def free_places(tx: Tx, order: Order) -> frozenset[tuple[str, str]]:
    """SKUs that wait in an order with the locations at which a unit of them is free.

    Products whose stock is not managed are free everywhere.
    """
    wanted = {line.sku for line in waiting_lines(order) if line.wanted}
    if not wanted:
        return frozenset()
    locations = load_locations(tx)
    levels = load_levels(tx, wanted, locations)
    unmanaged = [sku for sku, one in load_products(tx, wanted).items() if not one.managed]
    return frozenset(
        [(level.sku, level.location) for level in levels]
        + [(sku, location) for sku in unmanaged for location in locations]
    )
