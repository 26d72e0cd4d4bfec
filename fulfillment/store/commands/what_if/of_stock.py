"""A wish about stock: more or fewer units at a place."""

from fulfillment.domain.insight.wishes import AdjustStock
from fulfillment.store.commands.supply.on_hand import Level, levels_after, lost_claims
from fulfillment.store.commands.supply.stock import Adjustment, adjust_levels, check_places
from fulfillment.store.commands.supply.stock_loss import given_up, losers_of
from fulfillment.store.commands.what_if.act import Act, Fact, Reach
from fulfillment.store.planning.lines import claims
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.transactions.session import Tx


def adjust_stock(tx: Tx, wish: AdjustStock) -> Act:
    """Who gains units, or loses them: the latest in rank first (behaviour.md §4.9)."""
    check_places(tx, [(wish.sku, wish.location)])
    move = Adjustment(wish.sku, wish.location, wish.units, tx.reason)
    then = levels_after(tx, [move])
    on_hand = then[0].on_hand
    losers = losers_of(tx, lost_claims(then))
    place = (wish.sku, wish.location)

    def put(space: Workspace) -> None:
        space.arriving = {**space.arriving, place: space.arriving.get(place, 0) + wish.units}
        if wish.units < 0 and (short := _missing(space, then[0], wish)) > 0:
            given_up(space, {place: short})

    def do(tx: Tx, reference: str) -> None:
        asked = Adjustment(wish.sku, wish.location, wish.units, tx.reason)
        adjust_levels(tx, [asked], reference)

    fact = Fact(f"{wish.sku} at {wish.location}", "on hand", on_hand - wish.units, on_hand)
    reach = Reach(
        frozenset({wish.sku}),
        orders=losers.orders,
        margin={wish.sku: max(wish.units, 0)},
        asking=losers.asking,
    )
    return Act((fact,), reach, put, do, frozenset({wish.location}))


def _missing(space: Workspace, then: Level, wish: AdjustStock) -> int:
    """Units that are claimed there by now and are not on hand, with all that is put on the copy."""
    place = (then.sku, then.location)
    on_hand = then.on_hand - wish.units + space.arriving[place]
    claimed = then.allocated
    for sign, orders in ((1, space.after), (-1, space.before)):
        its = (units for sku, at, units in claims(orders.values()) if (sku, at) == place)
        claimed += sign * sum(its)
    return claimed - on_hand
