"""The activities: each one command of the store, safe to run again and twice at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from temporalio import activity
from temporalio.exceptions import ApplicationError

from fulfillment.contracts.messages import (
    Hold,
    OrderRef,
    Progress,
    PurchaseOrderRef,
    ReplanStart,
)
from fulfillment.domain.refusals import RefusedError
from fulfillment.store.commands import orders, purchasing, stock
from fulfillment.store.session import Store

PROGRESS = TypeAdapter(Progress)


@contextmanager
def _rules_are_final() -> Iterator[None]:
    """A refused rule is told by its code and never retried; all else is."""
    try:
        yield
    except RefusedError as refusal:
        raise ApplicationError(str(refusal), type=refusal.code, non_retryable=True) from refusal


@dataclass(frozen=True)
class Fulfilling:
    """Every activity with the store it works on. Names and types are those of the stubs."""

    store: Store

    @activity.defn
    def prepare_fulfillment(self, order: OrderRef) -> Progress:
        """Verify the order, claim for it at its rank, split and release: one transaction."""
        with _rules_are_final():
            answer = orders.prepare_fulfillment(self.store, order.merchant, order.order)
        return PROGRESS.validate_python(answer)

    @activity.defn
    def look_again(self, order: OrderRef) -> Progress:
        """Serve the queues in which the order stands."""
        with _rules_are_final():
            answer = orders.look_again(self.store, order.merchant, order.order)
        return PROGRESS.validate_python(answer)

    @activity.defn
    def hold_order(self, hold: Hold) -> Progress:
        """Put the order on hold; held for that reason already is as good."""
        with _rules_are_final():
            answer = orders.hold_for_rule(self.store, hold.merchant, hold.order, hold.reason)
        return PROGRESS.validate_python(answer)

    @activity.defn
    def serve_receipts(self, purchase_order: PurchaseOrderRef) -> int:
        """Serve the queues of what came, one batch; how many SKUs are still to be served."""
        with _rules_are_final():
            return purchasing.serve_receipts(
                self.store, purchase_order.merchant, purchase_order.purchase_order
            )

    @activity.defn
    def serve_due_queues(self, replan: ReplanStart) -> int:
        """Serve the queues to which a distribution is owed, one batch; how many still are."""
        with _rules_are_final():
            return stock.serve_due(self.store, replan.merchant)

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What a worker registers."""
        return [
            self.prepare_fulfillment,
            self.look_again,
            self.hold_order,
            self.serve_receipts,
            self.serve_due_queues,
        ]
