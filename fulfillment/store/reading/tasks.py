"""What people on the floor are asked to look at, the oldest first."""

from collections.abc import Collection
from dataclasses import replace

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.floor import TaskView
from fulfillment.store.transactions.session import Tx

OLDEST_FIRST = Sort(("t.id",), ("bigint",))

LIST = """
SELECT t.id, t.kind, t.location, t.sku, t.units, o.number AS "order", t.shipment, t.reason,
       t.created_at, t.done_at, {keys}
  FROM task t LEFT JOIN orders o ON o.id = t.order_id
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""


TASKS = Listing(
    LIST,
    OLDEST_FIRST,
    rows_as(TaskView),
    {
        "id": "t.id = :id",
        "locations": "t.location = ANY(:locations)",
        "kind": "t.kind = :kind",
    },
    always=("t.merchant = :merchant",),
)
OPEN_TASKS = replace(TASKS, always=(*TASKS.always, "t.done_at IS NULL"))


def read_task(tx: Tx, task: int) -> TaskView:
    """One task, done or not; a refusal where this merchant has none of that id."""
    if found := TASKS.one(tx, id=task):
        return found
    raise missing("task", task)


def list_tasks(
    tx: Tx, window: Window, *, locations: Collection[str] | None = None, kind: str | None = None
) -> Page[TaskView]:
    """One page of the tasks that nobody has done yet."""
    places = None if locations is None else list(locations)
    return OPEN_TASKS.page(tx, window, {"locations": places, "kind": kind})
