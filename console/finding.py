"""What a text finds, of all that somebody may see: orders, purchase orders and products."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from console import words
from console.visits import Visit
from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.reading.orders import OrderFilter, list_orders, read_version
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.places import is_order_at, is_purchase_order_at
from fulfillment.store.reading.purchase_lists import PurchaseFilter, list_purchases
from fulfillment.store.reading.stock_lists import StockAsked, list_stock_by
from fulfillment.store.reading.supply_history import read_purchase_version
from fulfillment.store.transactions.session import Tx

LONGEST = 100
"""Characters of a search."""

MOST_SHOWN = 10
"""Of each kind; the list that it leads to has all."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, what it is, and where."""

    name: str
    says: str
    address: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What was found of one kind; `named` is where the one is that is called exactly like that."""

    title: str
    hits: Sequence[Hit]
    named: str | None
    more: str | None
    """The list of all, where there are more than are shown and it is for who looks."""


def searched(given: Mapping[str, str]) -> str:
    """The text that an address searches for; refused rather than cut."""
    text = given.get("q", "").strip()
    if len(text) > LONGEST:
        message = f"a search is text of at most {LONGEST} characters, not {len(text)}"
        raise invalid("bad_filter", message, "q")
    if not text.isprintable():
        raise invalid("bad_filter", "a search is text that can be shown", "q")
    return text


def found(visit: Visit, text: str) -> list[Kind]:
    """Each kind that the user may see; one of which nothing is found is left out."""
    kinds = visit.session.read(lambda tx: list(_kinds(tx, visit, text)))
    return [kind for kind in kinds if kind.hits or kind.named]


def only(kinds: Sequence[Kind]) -> str | None:
    """Where to go at once: to what is called like that, or to the one thing that was found."""
    hits = [hit.address for kind in kinds for hit in kind.hits]
    there = [kind.named for kind in kinds if kind.named] or hits
    return there[0] if len(there) == 1 else None


def _kinds(tx: Tx, visit: Visit, text: str) -> Iterator[Kind]:
    if visit.may_read_orders:
        yield _orders(tx, visit, text)
    if visit.may_read_purchases:
        yield _purchases(tx, visit, text)
    if visit.may_read_orders or visit.may(Permission.READ_STOCK):
        yield _products(tx, visit, text)


def _orders(tx: Tx, visit: Visit, text: str) -> Kind:
    places = visit.caller.scope.location_list
    page = list_orders(tx, OrderFilter(q=text, places=places), "rank", Window(MOST_SHOWN))
    path = f"{visit.home}/orders"
    is_named = _is_there(lambda: read_version(tx, text)) and (
        places is None or is_order_at(tx, text, places)
    )
    return Kind(
        "Orders",
        [Hit(one.number, words.plain(one.status), _at(path, one.number)) for one in page.items],
        _at(path, text) if is_named else None,
        f"{path}?{urlencode({'view': 'all', 'q': text})}" if page.next_key else None,
    )


def _purchases(tx: Tx, visit: Visit, text: str) -> Kind:
    places = visit.caller.scope.location_list
    asked = PurchaseFilter(q=text, places=places)
    page = list_purchases(tx, asked, "newest", Window(MOST_SHOWN))
    path = f"{visit.home}/purchase-orders"
    is_named = _is_there(lambda: read_purchase_version(tx, text)) and (
        places is None or is_purchase_order_at(tx, text, places)
    )
    return Kind(
        "Purchase orders",
        [
            Hit(one.number, ", ".join(filter(None, (words.plain(one.status), one.supplier))),
                _at(path, one.number))
            for one in page.items
        ],
        _at(path, text) if is_named else None,
        f"{visit.home}/purchasing?{urlencode({'view': 'all', 'q': text})}"
        if page.next_key else None,
    )  # fmt: skip


def _products(tx: Tx, visit: Visit, text: str) -> Kind:
    """They lead to who waits for them, or for who sees no orders to what lies where."""
    asked = StockAsked(q=text, places=visit.caller.scope.location_list)
    page = list_stock_by(tx, asked, "sku", Window(MOST_SHOWN))
    path = f"{visit.home}/{'skus' if visit.may_read_orders else 'stock'}"
    may_list = visit.may(Permission.READ_STOCK) and page.next_key
    return Kind(
        "Products",
        [Hit(one.sku, one.name, _at(path, one.sku)) for one in page.items],
        next((_at(path, one.sku) for one in page.items if one.sku == text), None),
        f"{visit.home}/stock?{urlencode({'q': text})}" if may_list else None,
    )


def _is_there(read: Callable[[], object]) -> bool:
    try:
        read()
    except RefusedError:
        return False
    return True


def _at(path: str, name: str) -> str:
    return f"{path}/{quote(name, safe='')}"
