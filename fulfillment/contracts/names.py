"""Names that several processes must agree on."""

from fulfillment.domain.insight.news import News

ORDER_WORKFLOW = "OrderWorkflow"
PURCHASE_ORDER_WORKFLOW = "PurchaseOrderWorkflow"
REPLAN_WORKFLOW = "ReplanWorkflow"

PROGRESS = "progress"
NEWS = frozenset({PROGRESS, *News})
"""Signals that carry where an order stands: `progress`, or what happened."""

PO_RECEIVED = "po_received"
AGAIN = "again"
STATE = "state"

ORDER = "order"
PURCHASE_ORDER = "purchase-order"


def order_workflow_id(merchant: str, number: str) -> str:
    """One order, one workflow: its id is the order's business identity."""
    return f"{ORDER}:{merchant}:{number}"


def purchase_order_workflow_id(merchant: str, number: str) -> str:
    """One purchase order, one workflow."""
    return f"{PURCHASE_ORDER}:{merchant}:{number}"


def of_workflow_id(kind: str, workflow_id: str) -> tuple[str, str] | None:
    """The merchant and number of an order's or purchase order's workflow; None for a foreign id.

    One with a zero character is foreign too: the database can not even be asked for it.
    """
    if "\0" in workflow_id:
        return None
    given, _, rest = workflow_id.partition(":")
    merchant, colon, number = rest.partition(":")
    return (merchant, number) if given == kind and colon and merchant and number else None


def replan_workflow_id(merchant: str) -> str:
    """At most one re-plan of a merchant's queues runs at a time."""
    return f"replan:{merchant}"
