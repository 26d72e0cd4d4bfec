"""What intake refuses, naming the field (behaviour.md §2)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from fulfillment.domain.actions.presets import expand
from fulfillment.domain.model.limits import check_order_size
from fulfillment.domain.model.policy import Knobs, OnShortage, PolicyError, checked, resolve
from fulfillment.domain.model.refusals import RefusalKind, RefusedError, invalid
from fulfillment.store.commands.intake.catalogue import Catalogue
from fulfillment.store.commands.intake.documents import NewLine, NewOrder
from fulfillment.store.records.currencies import check_currency

DECIDED_AT_FIRST_CLAIM = frozenset({OnShortage.REMOVE, OnShortage.REJECT})
"""What becomes of a shortage is asked before backorder permission (behaviour.md §3)."""


def check_order(order: NewOrder, catalogue: Catalogue) -> None:
    """Refuse what can not be taken, naming the field (behaviour.md §2)."""
    if not order.lines:
        raise invalid("empty_order", "an order has at least one line", "lines")
    numbers = Counter(line.line for line in order.lines)
    for index, line in enumerate(order.lines):
        check_line(line, index, catalogue)
        if numbers[line.line] > 1:
            field_name = f"lines[{index}].line"
            raise invalid("line_twice", f"line {line.line} is there twice", field_name)
    _check_placed_at(order, catalogue)
    if order.currency is not None:
        check_currency(order.currency, "currency")
    _check_locations(order, catalogue)
    policy = resolve(own_knobs(order, catalogue), *catalogue.settings)
    _check_size(order, catalogue)
    if policy.on_shortage not in DECIDED_AT_FIRST_CLAIM:
        check_backorders(order.lines, order.lock_location or order.pickup_location, catalogue)


MOST_AHEAD = timedelta(days=1)
"""A shop's clock may be wrong, or its zone; an order is not placed in the future."""


def _check_placed_at(order: NewOrder, catalogue: Catalogue) -> None:
    if order.placed_at is not None and order.placed_at > catalogue.now + MOST_AHEAD:
        message = f"placed_at is at most a day ahead of now ({catalogue.now:%Y-%m-%dT%H:%MZ})"
        raise invalid("placed_ahead", message, "placed_at")


def _check_locations(order: NewOrder, catalogue: Catalogue) -> None:
    for name in ("lock_location", "pickup_location"):
        location = getattr(order, name)
        if location is not None and location not in catalogue.locations:
            message = f"{location} is not an active location of this merchant"
            raise invalid("unknown_location", message, name)
    if order.lock_location and order.pickup_location:
        message = "an order is either locked to a location or picked up at one"
        raise invalid("lock_and_pickup", message, "pickup_location")


def own_knobs(order: NewOrder, catalogue: Catalogue) -> Knobs:
    """The order's own policy as it is stored: knobs alone, a preset replaced by what it sets."""
    try:
        knobs = expand(order.policy, for_one_order=True)
        return checked(knobs, *catalogue.settings, for_one_order=True)
    except PolicyError as error:
        raise invalid("bad_policy", str(error), f"policy.{error.knob}") from error


def _check_size(order: NewOrder, catalogue: Catalogue) -> None:
    asked = ((units_of(line, catalogue), line.unit_price_minor) for line in order.lines)
    check_order_size(asked, "lines")


def check_line(line: NewLine, index: int, catalogue: Catalogue) -> None:
    """Refuse an unknown SKU or pack and a quantity that is not positive.

    A line that an order has already, and that asks for no more, is not asked of today's catalogue.
    """
    if _is_repeated(line, catalogue):
        return
    product = catalogue.products.get(line.sku)
    if product is None or not product.active:
        message = f"there is no active product {line.sku}"
        raise invalid("unknown_sku", message, f"lines[{index}].sku", sku=line.sku)
    if line.quantity <= 0:
        message = f"the quantity of {line.sku} must be positive, not {line.quantity}"
        raise invalid("bad_quantity", message, f"lines[{index}].quantity", sku=line.sku)
    if not has_pack(line, catalogue):
        known = ", ".join(sorted(product.packs)) or "none"
        message = f"{line.sku} has no pack {line.pack!r}; it has: {known}"
        raise invalid("unknown_pack", message, f"lines[{index}].pack", sku=line.sku)


def units_of(line: NewLine, catalogue: Catalogue) -> int:
    """The line in base units."""
    return line.quantity * pack_units(line, catalogue)


def pack_units(line: NewLine, catalogue: Catalogue) -> int:
    """Base units in the pack a line is asked for in; 1 where none is named.

    The pack of a line that the order has already holds what it held when it was ordered.
    """
    if line.pack is None:
        return 1
    if known := _ordered_in(line, catalogue):
        return int(known.pack_units)
    return int(catalogue.products[line.sku].packs[line.pack])


def has_pack(line: NewLine, catalogue: Catalogue) -> bool:
    """Whether it is known how many units the line is for; its product must be known."""
    return (
        line.pack is None
        or _ordered_in(line, catalogue) is not None
        or line.pack in catalogue.products[line.sku].packs
    )


def _ordered_in(line: NewLine, catalogue: Catalogue) -> Any | None:
    """The line of the order, where it was ordered in this very pack."""
    known = catalogue.ordered.get(line.line)
    return known if known and (known.sku, known.pack) == (line.sku, line.pack) else None


def _is_repeated(line: NewLine, catalogue: Catalogue) -> bool:
    known = catalogue.ordered.get(line.line)
    if known is None or known.sku != line.sku or line.quantity <= 0:
        return False
    return has_pack(line, catalogue) and units_of(line, catalogue) <= known.units


def check_backorders(
    lines: Sequence[NewLine],
    only: str | None,
    catalogue: Catalogue,
    had: Mapping[str, int] | None = None,
) -> None:
    """Refuse the whole order where a line may not wait, saying what could be had now.

    `only` is the location the order is locked to or picked up at; `had` are the units by SKU that
    it asked for before.
    """
    wanted: Counter[str] = Counter()
    for line in lines:
        wanted[line.sku] += units_of(line, catalogue)
    wanted.subtract(had or {})
    short = [
        _shortage(sku, lines, units, most)
        for sku, units in wanted.items()
        if units > 0 and (most := _most(sku, only, catalogue)) is not None and units > most
    ]
    if short:
        told = "; ".join(
            f"{s['sku']}: {s['wanted']} wanted, {s['available']} can be had" for s in short
        )
        message = f"not enough of products that may not be backordered further ({told})"
        raise RefusedError(RefusalKind.INVALID, "not_available", message, short)


def with_waiting(catalogue: Catalogue, lines: Sequence[NewLine]) -> Catalogue:
    """The catalogue with units more that wait: those of an order that was just taken in."""
    limited = catalogue.limited
    more: Counter[str] = Counter()
    for line in lines:
        if line.sku in limited:
            more[line.sku] += units_of(line, catalogue)
    return replace(catalogue, waiting=Counter(catalogue.waiting) + more) if more else catalogue


def _shortage(sku: str, lines: Sequence[NewLine], units: int, most: int) -> dict[str, object]:
    mine = [(index, line.line) for index, line in enumerate(lines) if line.sku == sku]
    return {
        "field": f"lines[{mine[0][0]}].quantity",
        "sku": sku,
        "lines": [number for _, number in mine],
        "wanted": units,
        "available": most,
    }


def _most(sku: str, only: str | None, catalogue: Catalogue) -> int | None:
    """Units of a SKU that may be asked for; None where there is no limit."""
    product = catalogue.products[sku]
    if not product.manage_stock or (product.allow_backorder and product.backorder_limit is None):
        return None
    free = sum(
        units
        for (other, location), units in catalogue.free.items()
        if other == sku and only in (None, location)
    )
    if not product.allow_backorder:
        return free
    return free + max(int(product.backorder_limit) - catalogue.waiting.get(sku, 0), 0)
