"""What may be done now, with an order or a shipment."""

from collections.abc import Iterable
from dataclasses import replace

from fulfillment.domain.actions.allowed import Choice, needs_a_plan, order_actions
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import IN_WAREHOUSE
from fulfillment.store.commands.orders import manual
from fulfillment.store.planning.change import simulated
from fulfillment.store.reading.packages import packed_units
from fulfillment.store.reading.returns import returned_of
from fulfillment.store.reading.views.shipments import Actions, RefusedAction
from fulfillment.store.records.loading import load_levels, load_locations, load_products
from fulfillment.store.transactions.session import Tx


def choices(made: Iterable[Choice]) -> Actions:
    """The names of what is allowed, and for the rest the code and the reason."""
    told = list(made)
    return Actions(
        tuple(choice.action for choice in told if choice.allowed),
        tuple(
            RefusedAction(choice.action, str(choice.code), str(choice.why))
            for choice in told
            if not choice.allowed
        ),
    )


def actions_of(tx: Tx, order: Order) -> tuple[Choice, ...]:
    """What can be done with an order now; where only a plan can say it, one is made."""
    might = needs_a_plan(order, free_places(tx, order))
    in_hands = any(shipment.status in IN_WAREHOUSE for shipment in order.live)
    packed = packed_units(tx, order.id) if in_hands else {}
    has_left = any(line.shipped for line in order.lines)
    returned = returned_of(tx, order.id) if has_left else {}
    return order_actions(order, finds=might and _finds(tx, order), packed=packed, returned=returned)


def _finds(tx: Tx, order: Order) -> bool:
    """Whether allocating it by hand would find units: tried on a picture."""
    try:
        simulated(replace(tx, is_simulated=True), manual.allocate(order.number))
    except RefusedError:
        return False
    return True


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
