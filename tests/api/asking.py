"""How every action of an order is asked over HTTP: the one table that the tests of actions read."""

from collections.abc import Mapping, Sequence
from typing import Any

from fulfillment.domain.actions.allowed import OrderAction

Json = dict[str, Any]
Try = tuple[str, str, Any]
"""A request: method, the path behind the order's, and body."""

A = OrderAction
PLACES = ("vienna", "graz")

OF_A_LINE = frozenset(
    {A.EXCHANGE, A.EXCHANGE_RETURNED, A.PINS, A.STAGE, A.UNSTAGE, A.MARK_BACKORDERED}
)
"""Actions that are asked of a line or a place: allowed where some can, refused where none can."""
NOT_LOOKED_AT = frozenset({A.EDIT, A.STAGE})
"""Actions without a preview."""


def requests(
    shown: Json, *, place: str = "graz", revision: int = 1, more: int = 0
) -> Mapping[str, Sequence[Try]]:
    """What to send for each action, of all that the order has; `more` units where it says some."""
    asked = {action: [request] for action, request in _of_the_order(shown, place).items()}
    found = asked | _of_a_line(shown) | _of_quantities(shown, revision, more)
    missing = sorted(str(action) for action in set(OrderAction) - set(found))
    assert not missing, f"say in tests/api/asking.py how these are asked: {missing}"
    return found


def compared(shown: Json, asked: Mapping[str, Sequence[Try]]) -> None:
    """What an order says is allowed or refused is what can be asked, no more and no less."""
    actions = shown["actions"]
    told = set(actions["allowed"]) | {one["action"] for one in actions["refused"]}
    assert told == set(asked)


def _of_the_order(shown: Json, place: str) -> dict[str, Try]:
    """What names no line."""
    other = "CUP" if shown["lines"][0]["sku"] != "CUP" else "TEA"
    return {
        A.VERIFY: ("POST", "/verify", None),
        A.HOLD: ("POST", "/hold", {"reason": f"r{len(shown['holds'])}"}),
        A.UNHOLD: ("POST", "/unhold", None),
        A.CANCEL: ("POST", "/cancel", None),
        A.PRIORITY: ("POST", "/priority", {"priority": 7}),
        A.POLICY: ("PATCH", "/policy", {"set": {"max_shipments": 3}}),
        A.LOCK: ("POST", "/lock", {"location": place}),
        A.ALLOCATE: ("POST", "/allocate", None),
        A.UNALLOCATE: ("POST", "/unallocate", None),
        A.RESUME_ALLOCATION: ("POST", "/resume-allocation", None),
        A.SPLIT: ("POST", "/split", None),
        A.REMOVE_UNAVAILABLE: ("POST", "/remove-unavailable", None),
        A.BACK_TO_SHIP: ("POST", "/back-to-ship", None),
        A.PREPARE: ("POST", "/prepare", {"lines": []}),
        A.ADD_LINE: ("POST", "/lines", {"sku": other, "quantity": 1}),
        A.ADDRESS: ("PUT", "/address", {"address": {"city": "Graz", "country": "AT"}}),
        A.CANCEL_DATE: ("POST", "/cancel-date", {"on": "2190-01-01"}),
    }


def _of_a_line(shown: Json) -> dict[str, list[Try]]:
    """What is asked of each line, or at each place."""
    at = [{"location": place, "all": True} for place in PLACES]
    swap = {row["line"]: "CUP" if row["sku"] != "CUP" else "TEA" for row in shown["lines"]}
    return {
        A.STAGE: [("POST", "/stage", where) for where in at],
        A.UNSTAGE: [("POST", "/unstage", where) for where in at],
        A.MARK_BACKORDERED: [("POST", "/mark-backordered", {"line": n}) for n in swap],
        A.EXCHANGE: [
            ("POST", f"/lines/{n}/exchange", {"sku": sku, "units": 1}) for n, sku in swap.items()
        ],
        A.EXCHANGE_RETURNED: [
            ("POST", f"/lines/{n}/exchange-returned", {"sku": sku, "reason": "Strong."})
            for n, sku in swap.items()
        ],
        A.PINS: [("POST", "/pins", {"line": n, "pins": []}) for n in swap],
    }


def _of_quantities(shown: Json, revision: int, more: int) -> dict[str, list[Try]]:
    """What says of how many units a line is; the lines of which something is left."""
    left = [row for row in shown["lines"] if row["ordered"] > row["cancelled"]]
    first = (left or shown["lines"])[0]
    units = (first["ordered"] - first["cancelled"] or 1) + more
    edit = {"revision": revision, "lines": [_repeated(row, more) for row in left or [first]]}
    return {
        A.EDIT: [("PUT", "", edit)],
        A.QUANTITY: [("POST", f"/lines/{first['line']}/quantity", {"units": units})],
    }


def _repeated(row: Json, more: int) -> Json:
    """A line as an edit names it; one of which nothing is left is wanted once more."""
    units = row["ordered"] - row["cancelled"] or 1
    return {"line": row["line"], "sku": row["sku"], "quantity": units + more}
