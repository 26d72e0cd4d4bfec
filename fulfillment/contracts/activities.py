"""Typed stubs of the activities. Workflows call these; `activities/` does the work.

A stub and its implementation carry the same name and types, which a test holds together, so
that no workflow ever imports the code that reaches the database.
"""

from temporalio import activity

from fulfillment.contracts.messages import (
    Hold,
    Known,
    OrderRef,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderRef,
    ReplanStart,
    Standing,
    Verification,
)


@activity.defn
def verify(order: OrderRef) -> Verification:
    """Have the order verified when its turn comes: by the transaction that prepares it."""
    raise NotImplementedError


@activity.defn
def prepare_fulfillment(order: OrderRef) -> Progress:
    """Verify the order, claim for it at its rank, split and release: one transaction."""
    raise NotImplementedError


@activity.defn
def look_again(order: OrderRef) -> Progress:
    """Serve the queues in which the order stands."""
    raise NotImplementedError


@activity.defn
def hold_order(hold: Hold) -> Progress:
    """Put the order on hold."""
    raise NotImplementedError


@activity.defn
def check_with_database(known: Known) -> Standing:
    """Where the order stands, whatever its workflow was told; they are compared."""
    raise NotImplementedError


@activity.defn
def serve_receipts(purchase_order: PurchaseOrderRef) -> int:
    """Serve the queues of what came, one batch; how many SKUs are still to be served."""
    raise NotImplementedError


@activity.defn
def check_purchase_order(purchase_order: PurchaseOrderRef) -> PurchaseOrderProgress | None:
    """Where it stands, whatever its workflow was told; None where the database lacks it."""
    raise NotImplementedError


@activity.defn
def declare_overdue(purchase_order: PurchaseOrderRef) -> PurchaseOrderProgress:
    """Plan anew for all who wait for goods whose date has passed; where the order stands then."""
    raise NotImplementedError


@activity.defn
def serve_due_queues(replan: ReplanStart) -> int:
    """Serve the queues to which a distribution is owed, one batch; how many still are."""
    raise NotImplementedError
