"""Starts of workflows that are over."""

from collections.abc import Collection

from fulfillment.store.transactions.session import Store, Tx


def starts_answered(store: Store, merchant: str, orders: Collection[int]) -> None:
    """The workflows of these orders have had their first answer: further ones may start."""

    def body(tx: Tx) -> None:
        tx.run("SET LOCAL synchronous_commit = off")
        tx.run(
            "DELETE FROM started_order WHERE merchant = :merchant AND order_id = ANY(:orders)",
            merchant=merchant,
            orders=sorted(orders),
        )

    store.transact(merchant, body, actor="workflow")
