"""Take orders in: the good ones are stored, each bad one is refused on its own."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.commands.intake.catalogue import Catalogue, load_catalogue
from fulfillment.store.commands.intake.checks import check_order, with_waiting
from fulfillment.store.commands.intake.documents import (
    KnownOrder,
    NewOrder,
    Outcome,
    Taken,
    number_in_use,
)
from fulfillment.store.commands.intake.rows import insert_orders, insert_parts
from fulfillment.store.transactions.archived import is_of_archived_number
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
    same number with other content is a conflict. What is refused is not stored: a product may have
    gone since an order was taken, which is answered with the first one all the same.
    """
    numbers = {order.number for order in orders}

    def body(tx: Tx, archived: Collection[str] = ()) -> list[Taken]:
        catalogue = load_catalogue(tx, (line for order in orders for line in order.lines))
        known = _known(tx, numbers) if catalogue.limited or archived else {}
        refused, good = _checked(orders, catalogue, known)
        new = [order for number, order in good.items() if number not in archived]
        created = insert_orders(tx, new, catalogue)
        taken = {number: Taken(number, Outcome.CREATED, id_) for number, id_ in created.items()}
        rest = {n: o for n, o in good.items() if n not in created}
        there = _known(tx, rest)
        taken |= {n: _again(there[n], o, catalogue.currency) for n, o in rest.items()}
        insert_parts(tx, [good[number] for number in created], created, catalogue)
        before = _known(tx, {orders[index].number for index in refused} - created.keys())
        return list(_answers(orders, _Sorted(refused, good, taken, before, catalogue.currency)))

    try:
        return store.transact(merchant, body, actor=actor)
    except IntegrityError as error:
        if not is_of_archived_number(error):
            raise
    return store.transact(merchant, lambda tx: body(tx, _archived(tx, numbers)), actor=actor)


def _archived(tx: Tx, numbers: Collection[str]) -> list[str]:
    """Those of these numbers that archived orders have; the table of orders refuses them."""
    rows = tx.rows(
        "SELECT number FROM archived_order WHERE merchant = :merchant AND number = ANY(:numbers)"
        " ORDER BY order_id FOR KEY SHARE",
        merchant=tx.merchant,
        numbers=sorted(numbers),
    )
    return [row.number for row in rows]


def _checked(
    orders: Sequence[NewOrder], catalogue: Catalogue, known: Collection[str]
) -> tuple[dict[int, RefusedError], dict[str, NewOrder]]:
    """What is refused, by its place; what is good, by number, the first of each.

    Each is checked behind those before it in the batch: what these ask for waits as well.
    """
    refused: dict[int, RefusedError] = {}
    good: dict[str, NewOrder] = {}
    for index, order in enumerate(orders):
        try:
            check_order(order, catalogue)
        except RefusedError as refusal:
            refused[index] = refusal
        else:
            if order.number not in good and order.number not in known:
                catalogue = with_waiting(catalogue, order.lines)
            good.setdefault(order.number, order)
    return refused, good


@dataclass(frozen=True, slots=True)
class _Sorted:
    """A batch: what is refused by place, what is good and what became of it by number.

    `before` are the orders of which a number is refused now, and which were taken before.
    """

    refused: Mapping[int, RefusedError]
    good: Mapping[str, NewOrder]
    taken: Mapping[str, Taken]
    before: Mapping[str, KnownOrder]
    currency: str

    def is_good(self, order: NewOrder) -> bool:
        """Whether it is the good one of its number, however it says so."""
        good = self.good.get(order.number)
        if good is None or good is order:  # Mostly it is the very one: to compare costs two hashes.
            return good is not None
        return _spelled(good, self.currency) == _spelled(order, self.currency)


def _spelled(order: NewOrder, currency: str) -> bytes:
    return replace(order, currency=order.currency or currency).content_hash


def _answers(orders: Sequence[NewOrder], found: _Sorted) -> Iterator[Taken]:
    """One answer for each place: of a number that is there twice, the first that is good stands."""
    seen: set[str] = set()
    for index, order in enumerate(orders):
        number = order.number
        if found.is_good(order):
            first = found.taken[number]
            is_repeated = number in seen and first.outcome is Outcome.CREATED
            yield replace(first, outcome=Outcome.EXISTING) if is_repeated else first
            seen.add(number)
        elif number in found.before:
            yield _again(found.before[number], order, found.currency)
        elif index in found.refused and number not in seen:
            yield Taken(number, Outcome.REFUSED, refusal=found.refused[index])
        else:
            yield Taken(number, Outcome.REFUSED, refusal=_in_use(number))


def _in_use(number: str) -> RefusedError:
    return conflict("number_in_use", number_in_use(number), number=number)


def _again(known: KnownOrder, order: NewOrder, currency: str) -> Taken:
    if known.is_meant(order, currency):
        return Taken(order.number, Outcome.EXISTING, known.id)
    return Taken(order.number, Outcome.REFUSED, known.id, _in_use(order.number))


def _known(tx: Tx, numbers: Collection[str]) -> dict[str, KnownOrder]:
    if not numbers:
        return {}
    rows = tx.rows(
        "SELECT number, id, content_hash, currency, placed_at FROM orders"
        " WHERE merchant = :merchant AND number = ANY(:numbers) UNION ALL"
        " SELECT number, order_id, content_hash, currency, placed_at FROM archived_order"
        " WHERE merchant = :merchant AND number = ANY(:numbers)",
        merchant=tx.merchant,
        numbers=sorted(numbers),
    )
    return {
        row.number: KnownOrder(row.id, bytes(row.content_hash), row.currency, row.placed_at)
        for row in rows
    }
