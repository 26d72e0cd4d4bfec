"""Take orders in: the good ones are stored, each bad one is refused on its own."""

from collections.abc import Collection, Mapping, Sequence

from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.commands.intake.catalogue import Catalogue, load_catalogue
from fulfillment.store.commands.intake.checks import check_order, with_waiting
from fulfillment.store.commands.intake.documents import NewOrder, Outcome, Taken, number_in_use
from fulfillment.store.commands.intake.rows import insert_orders, insert_parts
from fulfillment.store.transactions.session import Store, Tx


def create_order(store: Store, merchant: str, order: NewOrder, actor: str) -> Taken:
    """Take one order in; `RefusedError` where it can not be."""
    (taken,) = create_orders(store, merchant, [order], actor)
    if taken.refusal:
        raise taken.refusal
    return taken


def create_orders(
    store: Store, merchant: str, orders: Sequence[NewOrder], actor: str
) -> list[Taken]:
    """Take a batch in. The good ones are stored; each bad one is refused on its own.

    Idempotent by (merchant, order number): the same order again answers with the first one, the
    same number with other content is a conflict. What is refused is not stored.
    """

    def body(tx: Tx) -> list[Taken]:
        catalogue = load_catalogue(tx, (line for order in orders for line in order.lines))
        known = _hashes(tx, {order.number for order in orders}) if catalogue.limited else {}
        refused, good = _checked(orders, catalogue, known)
        created = insert_orders(tx, list(good.values()), catalogue)
        taken = {number: Taken(number, Outcome.CREATED, id_) for number, id_ in created.items()}
        taken |= _existing(tx, {n: o for n, o in good.items() if n not in created})
        insert_parts(tx, [good[number] for number in created], created, catalogue)
        again = _existing_refused(tx, orders, refused)
        answers = refused | again | taken
        return [_twice(order, good) or answers[order.number] for order in orders]

    return store.transact(merchant, body, actor=actor)


def _checked(
    orders: Sequence[NewOrder], catalogue: Catalogue, known: Collection[str]
) -> tuple[dict[str, Taken], dict[str, NewOrder]]:
    """Each is checked behind those before it in the batch: what these ask for waits as well."""
    refused: dict[str, Taken] = {}
    good: dict[str, NewOrder] = {}
    for order in orders:
        try:
            check_order(order, catalogue)
        except RefusedError as refusal:
            refused[order.number] = Taken(order.number, Outcome.REFUSED, refusal=refusal)
        else:
            if order.number not in good and order.number not in known:
                catalogue = with_waiting(catalogue, order.lines)
            good.setdefault(order.number, order)
    return refused, good


def _twice(order: NewOrder, good: Mapping[str, NewOrder]) -> Taken | None:
    """The same number twice in one batch with different content: the first good one stands."""
    if good.get(order.number, order) == order:
        return None
    refusal = conflict("number_in_use", number_in_use(order.number), number=order.number)
    return Taken(order.number, Outcome.REFUSED, refusal=refusal)


def _existing(tx: Tx, orders: Mapping[str, NewOrder]) -> dict[str, Taken]:
    found = _hashes(tx, orders)
    return {number: _again(number, *found[number], order) for number, order in orders.items()}


def _existing_refused(
    tx: Tx, orders: Sequence[NewOrder], refused: Mapping[str, Taken]
) -> dict[str, Taken]:
    """What would be refused as new, but was taken before: a product may have gone since."""
    asked = {order.number: order for order in orders if order.number in refused}
    found = _hashes(tx, asked)
    return {
        number: _again(number, *found[number], order)
        for number, order in asked.items()
        if number in found
    }


def _again(number: str, order_id: int, known: bytes, order: NewOrder) -> Taken:
    if known == order.content_hash:
        return Taken(number, Outcome.EXISTING, order_id)
    refusal = conflict("number_in_use", number_in_use(number), number=number)
    return Taken(number, Outcome.REFUSED, order_id, refusal)


def _hashes(tx: Tx, numbers: Collection[str]) -> dict[str, tuple[int, bytes]]:
    if not numbers:
        return {}
    rows = tx.rows(
        "SELECT number, id, content_hash FROM orders"
        " WHERE merchant = :merchant AND number = ANY(:numbers)",
        merchant=tx.merchant,
        numbers=sorted(numbers),
    )
    return {row.number: (row.id, bytes(row.content_hash)) for row in rows}
