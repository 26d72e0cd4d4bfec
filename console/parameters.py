"""What an address of a page may ask for: a word that nobody knows is refused, not left out.

Lists, forms and what-ifs read their own addresses, and refuse there; all other pages are here.
"""

from collections.abc import Iterable, Mapping

from fulfillment.domain.model.refusals import invalid

NOTHING: frozenset[str] = frozenset()

DONE = frozenset({"done"})
"""What was done on the page before."""
PART = frozenset({"after"})
"""Which part of a list."""

PARAMETERS: Mapping[str, frozenset[str]] = {
    "start": NOTHING,
    "board": NOTHING,
    "find": frozenset({"q"}),
    "order": DONE,
    "order_why": NOTHING,
    "order_group": NOTHING,
    "order_history": PART,
    "stock_item": DONE,
    "stock_ledger": PART | {"location"},
    "supplier_list": NOTHING,
    "purchase_order": DONE,
    "purchase_orders_waiting": PART,
    "purchase_history": PART,
}
"""By the name of the page's function."""


def check_parameters(page: str, named: Iterable[str]) -> None:
    """Refuse what the page does not know."""
    known = PARAMETERS.get(page)
    for name in named:
        if known is not None and name not in known:
            raise invalid("unknown_parameter", f"this page has no {name!r} to be asked by", name)
