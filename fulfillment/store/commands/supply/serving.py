"""Serve what is owed: queues, orders whose day has come, orders under other settings."""

from collections.abc import Collection

from fulfillment.domain.planning.recheck import recheck_on
from fulfillment.store.commands.supply.overdue import declare_others_overdue
from fulfillment.store.planning.distribution import serve, serve_owed
from fulfillment.store.planning.first_claims import claim_next
from fulfillment.store.planning.workspace import skus_of
from fulfillment.store.queue.newcomers import any_standing_in
from fulfillment.store.records.days import AT_ONCE, MERCHANTS_DAY, days_now
from fulfillment.store.records.loading import load_products
from fulfillment.store.records.saving.demand import write_gates
from fulfillment.store.transactions.session import Store, Tx

MOST_SKUS = 50
MOST_ORDERS = 200


def serve_due(
    store: Store,
    merchant: str,
    *,
    most_skus: int = MOST_SKUS,
    most_orders: int = MOST_ORDERS,
    without: Collection[str] = (),
) -> int:
    """Serve what is owed to a merchant, one bounded batch; how much is still owed.

    Each batch starts at the head of the queue, so a crash between two of them, or a newcomer,
    changes nothing: nobody behind is ever served first. `without` are queues to be left out.
    """

    def body(tx: Tx) -> int:
        if declare_others_overdue(tx):
            return 1
        orders = due_orders(tx, most_orders)
        if orders:
            _look_again(tx, orders)
        elif skus := due_skus(tx, most_skus, without):
            serve_owed(tx, skus)
        return len(due_skus(tx, most_skus, without)) + len(due_orders(tx, most_orders))

    # In a transaction of its own: it takes orders, and the batch takes queues first.
    store.transact(merchant, _flag_all_if_settings_changed, actor="replan")
    if store.read(merchant, lambda tx: any_standing_in(tx, due_skus(tx, most_skus, without))):
        claim_next(store, merchant)
    return store.transact(merchant, body, actor="replan")


def _flag_all_if_settings_changed(tx: Tx) -> None:
    """Every open order is planned again under other settings.

    This runs after the change is committed: whoever planned with the old settings has either
    committed, or holds the row that this waits for.
    """
    changed = tx.run(
        "UPDATE merchant SET replan_due = false WHERE id = :merchant AND replan_due",
        merchant=tx.merchant,
    )
    if changed:
        tx.run(
            "UPDATE orders SET recheck_on = :at_once"
            " WHERE merchant = :merchant AND finished_at IS NULL",
            merchant=tx.merchant,
            at_once=AT_ONCE,
        )


def due_orders(tx: Tx, most: int) -> list[int]:
    """Orders whose day to be looked at has come: those of the earliest day, the first in rank.

    In the order of an index, which is read no further: most days are still to come.
    """
    rows = tx.rows(
        "SELECT o.id FROM orders o JOIN merchant m ON m.id = o.merchant"  # noqa: S608 -- constants
        " WHERE o.merchant = :merchant AND o.finished_at IS NULL AND o.first_claimed"
        f" AND o.recheck_on <= :latest AND o.recheck_on <= {MERCHANTS_DAY}"
        " ORDER BY o.recheck_on, o.priority, o.placed_at, o.intake_seq LIMIT :most",
        merchant=tx.merchant,
        days=days_now(tx),
        latest=tx.latest_today,
        most=most,
    )
    return [row.id for row in rows]


def _look_again(tx: Tx, orders: list[int]) -> None:
    rows = tx.rows(
        "SELECT DISTINCT sku FROM order_line WHERE order_id = ANY(:orders)", orders=orders
    )
    space = serve(tx, [row.sku for row in rows], orders)
    served = [space.after[id_] for id_ in orders if not space.is_behind(space.after[id_])]
    write_gates(tx, served, load_products(tx, skus_of(served)))
    days = [(order.id, recheck_on(order, space.today)) for order in served]
    tx.run(
        "UPDATE orders o SET recheck_on = r.day"
        " FROM unnest(CAST(:orders AS bigint[]), CAST(:days AS date[])) AS r(id, day)"
        " WHERE o.id = r.id",
        orders=[order for order, _ in days],
        days=[day for _, day in days],
    )


def due_skus(tx: Tx, most: int, without: Collection[str] = ()) -> list[str]:
    """Queues to which a distribution is owed, those first that wait for the longest."""
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND due_since IS NOT NULL"
        " AND sku <> ALL(CAST(:without AS text[])) ORDER BY due_since, sku LIMIT :most",
        merchant=tx.merchant,
        most=most,
        without=list(without),
    )
    return [row.sku for row in rows]
