"""Names that several processes must agree on."""

ORDER_WORKFLOW = "OrderWorkflow"
PURCHASE_ORDER_WORKFLOW = "PurchaseOrderWorkflow"
REPLAN_WORKFLOW = "ReplanWorkflow"

PROGRESS = "progress"
PO_RECEIVED = "po_received"
AGAIN = "again"
STATE = "state"


def order_workflow_id(merchant: str, number: str) -> str:
    """One order, one workflow: its id is the order's business identity."""
    return f"order:{merchant}:{number}"


def purchase_order_workflow_id(merchant: str, number: str) -> str:
    """One purchase order, one workflow."""
    return f"purchase-order:{merchant}:{number}"


def replan_workflow_id(merchant: str) -> str:
    """At most one re-plan of a merchant's queues runs at a time."""
    return f"replan:{merchant}"
