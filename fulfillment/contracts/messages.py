"""What workflows are started with and told: ids, quantities, dates and statuses only."""

from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.insight.progress import Progress, ShipmentProgress
from fulfillment.domain.insight.restored import AtOdds
from fulfillment.domain.model.statuses import INBOUND, PurchaseOrderStatus

__all__ = [
    "AtOdds",
    "Hold",
    "Known",
    "OrderRef",
    "OrderStart",
    "OrderState",
    "Progress",
    "PurchaseOrderProgress",
    "PurchaseOrderRef",
    "PurchaseOrderStart",
    "ReplanStart",
    "ShipmentProgress",
    "Standing",
    "Verification",
]

EDITION = 2
"""Of what a run of an order's workflow does: 1 since its first answer comes from local activities,
2 since it shows which of its order's versions it has heard of.

A start says by which edition its run goes, for as long as it lasts. A marker by `patched` would say
the same with two events and an upsert for each order.
"""


@dataclass(frozen=True, slots=True)
class OrderRef:
    """Which order an activity is about."""

    merchant: str
    order: int


@dataclass(frozen=True, slots=True)
class OrderStart:
    """The start of an order's workflow; `progress` is what an earlier run knew.

    `hinted`: it was told to look, and has not looked yet.
    `epoch` is that of the database that asks for the start; see `EDITION` for the last.
    """

    merchant: str
    order: int
    number: str
    progress: Progress | None = None
    hinted: bool = False
    epoch: int = 0
    edition: int = 0

    @property
    def subject(self) -> tuple[str, int]:
        """For which order it is: its merchant and id."""
        return self.merchant, self.order


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of an order's verification: None where it is not told, and what holds it."""

    order: int
    verified: bool | None
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """An order that its workflow puts on hold, because a rule refused to go on."""

    merchant: str
    order: int
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a workflow knows of its order, for the database to compare."""

    merchant: str
    order: int
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of an order: where it stands, None where it does not know it."""

    progress: Progress | None
    at_odds: AtOdds | None = None


@dataclass(frozen=True, slots=True)
class OrderState:
    """The answer to the `state` query; `at_odds` says how the database and it disagree, if so."""

    progress: Progress | None
    timer_armed_for: date | None
    at_odds: AtOdds | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrderRef:
    """Which purchase order an activity is about."""

    merchant: str
    purchase_order: int


@dataclass(frozen=True, slots=True)
class PurchaseOrderProgress:
    """Where a purchase order stands. A higher `version` is newer.

    `due_on` is the first date of a line that is outstanding; at `due_at` the next one has passed
    that was not declared overdue yet. `overdue` are the units of which it was.
    """

    purchase_order: int
    number: str
    seq: int
    status: PurchaseOrderStatus
    supplier: str = ""
    due_on: date | None = None
    ordered: int = 0
    received: int = 0
    distribution_due: bool = False
    due_at: datetime | None = None
    overdue: int = 0
    epoch: int = 0

    @property
    def version(self) -> tuple[int, int]:
        """Which of two is the newer; see `Progress`."""
        return self.epoch, self.seq

    @property
    def ended(self) -> bool:
        """Nothing can come any more; a draft may still become something."""
        return self.status not in INBOUND and self.status is not PurchaseOrderStatus.DRAFT


@dataclass(frozen=True, slots=True)
class PurchaseOrderStart:
    """The start of a purchase order's workflow, with where it stands."""

    merchant: str
    progress: PurchaseOrderProgress

    @property
    def subject(self) -> tuple[str, int]:
        """For which purchase order it is: its merchant and id."""
        return self.merchant, self.progress.purchase_order


@dataclass(frozen=True, slots=True)
class ReplanStart:
    """Whose queues are to be served until nothing is owed to them."""

    merchant: str
