"""Choose locations again for what is about to be released (behaviour.md §4.3)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.supply import Snapshot
from fulfillment.domain.planning.routing import location_choice
from fulfillment.domain.planning.stockpile import Stockpile


def relocate(
    order: Order, shipments: Iterable[Shipment], snapshot: Snapshot, pile: Stockpile
) -> bool:
    """Move the claims of these shipments where the routing would take them now.

    Units came one by one, each to the place that had it first; now that they go, fewer places
    may do. Only free units are taken for those given back, only whole lines of queues that this
    plan may change, and only if the outcome is better than what is held. True if any moved.
    """
    if order.only_location is not None:
        return False
    sourced = {line.number for line in order.lines if line.source is not None}
    lines = [
        line
        for shipment in shipments
        for line in shipment.lines
        if line.order_line not in sourced and _may_move(order, line, snapshot)
    ]
    before = _places(lines, pile)
    choice = location_choice(order.policy.routing)
    if not choice.may_gain(before):
        return False
    with pile.trial() as trial:
        after = _routed(order, lines, snapshot, pile)
        is_whole = before.total() == after.total()
        if is_whole and choice.is_better(before, after, snapshot.locations):
            trial.keep()
    return trial.is_kept


def _may_move(order: Order, line: ShipmentLine, snapshot: Snapshot) -> bool:
    return (
        bool(line.claims)
        and all(claim.movable == claim.units for claim in line.claims)
        and snapshot.products[line.sku].managed
        and snapshot.serves(order, line.sku)
    )


def _routed(
    order: Order, lines: Sequence[ShipmentLine], snapshot: Snapshot, pile: Stockpile
) -> Counter[str]:
    """Give everything back, choose the locations, and take as many units again."""
    needs: dict[str, int] = defaultdict(int)
    kept: dict[int, int] = {}
    for line in lines:
        kept[line.id] = pile.wanted(line)
        for location, claim in list(pile.claims[line.id].items()):
            if claim.units:
                needs[line.sku] += claim.units
                pile.give_back(line, location)
    choice = location_choice(order.policy.routing)
    for location in choice.route(needs, pile.free, snapshot.locations):
        for line in lines:
            units = min(pile.wanted(line) - kept[line.id], pile.free[location][line.sku])
            pile.take(line, location, units)
    return _places(lines, pile)


def _places(lines: Iterable[ShipmentLine], pile: Stockpile) -> Counter[str]:
    """Units held by location."""
    places: Counter[str] = Counter()
    for line in lines:
        for location, claim in pile.claims[line.id].items():
            places[location] += claim.units
    return +places
