"""What people on the floor are asked to look at, the oldest first."""

from collections.abc import Collection
from typing import Any

from fulfillment.domain.refusals import missing
from fulfillment.store.reading.paging import Page, Sort, Window, page_of, page_sql
from fulfillment.store.session import Tx

OLDEST_FIRST = Sort(("t.id",), ("bigint",))

FIELDS = (
    "id", "kind", "location", "sku", "units", "order", "shipment", "reason", "created_at",
    "done_at",
)  # fmt: skip

LIST = """
SELECT t.id, t.kind, t.location, t.sku, t.units, o.number AS "order", t.shipment, t.reason,
       t.created_at, t.done_at, {keys}
  FROM task t LEFT JOIN orders o ON o.id = t.order_id
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""


def read_task(tx: Tx, task: int) -> dict[str, Any]:
    """One task, done or not; a refusal where this merchant has none of that id."""
    page = _tasks(tx, Window(1), ["t.id = :id"], {"id": task})
    if not page.items:
        raise missing("task", task)
    return page.items[0]


def list_tasks(
    tx: Tx, window: Window, *, locations: Collection[str] | None = None, kind: str | None = None
) -> Page:
    """One page of the tasks that nobody has done yet."""
    which, parameters = ["t.done_at IS NULL"], dict[str, Any]()
    if locations is not None:
        which.append("t.location = ANY(:locations)")
        parameters["locations"] = list(locations)
    if kind is not None:
        which.append("t.kind = :kind")
        parameters["kind"] = kind
    return _tasks(tx, window, which, parameters)


def _tasks(tx: Tx, window: Window, which: list[str], parameters: dict[str, Any]) -> Page:
    behind, key = OLDEST_FIRST.after(window.after)
    rows = tx.rows(
        page_sql(LIST, OLDEST_FIRST, ["t.merchant = :merchant", *which, *behind]),
        merchant=tx.merchant,
        most=window.limit + 1,
        **parameters,
        **key,
    )
    return page_of(rows, window.limit, lambda row: {name: getattr(row, name) for name in FIELDS})
