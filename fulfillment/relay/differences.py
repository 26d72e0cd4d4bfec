"""In what the engine and the database can disagree, each with what of it is shown."""

from dataclasses import dataclass
from typing import Any

from fulfillment.contracts.messages import Progress, PurchaseOrderProgress
from fulfillment.domain.insight.restored import holds_for
from fulfillment.relay.listing import Listed
from fulfillment.store.reading.standing import PurchaseOrderHead


@dataclass(frozen=True, slots=True)
class Ahead:
    """An order of which the engine knows more than the database."""

    merchant: str
    known: Progress
    stored: Progress

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a person has to look at it before it goes on, if so."""
        return holds_for(self.known, self.stored)

    @property
    def row(self) -> dict[str, Any]:
        """What of it is shown."""
        return {
            "merchant": self.merchant,
            "order": self.known.number,
            "engine": [str(self.known.status), self.known.seq],
            "database": [str(self.stored.status), self.stored.seq],
            "on_hold_for": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Behind:
    """A workflow that knows less of its order than the database; nothing where it is foreign."""

    run: Listed
    known: Progress | None
    stored: Progress
    is_foreign: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """What of it is shown."""
        known = self.known
        return {
            "merchant": self.run.merchant,
            "order": self.run.number,
            "engine": [str(known.status), known.seq] if known else None,
            "database": [str(self.stored.status), self.stored.seq],
            "started_by_others": self.is_foreign,
        }


@dataclass(frozen=True, slots=True)
class Unknown:
    """A workflow of an order, or of a purchase order, that the database does not know."""

    run: Listed
    epoch: int
    status: str

    @property
    def row(self) -> dict[str, Any]:
        """What of it is shown."""
        return {
            "merchant": self.run.merchant,
            "number": self.run.number,
            "engine": self.status,
            "workflow": self.run.workflow_id,
            "running": self.run.is_running,
        }


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A purchase order of which the engine knows more than the database."""

    merchant: str
    known: PurchaseOrderProgress
    stored: PurchaseOrderHead

    @property
    def row(self) -> dict[str, Any]:
        """What of it is shown."""
        return {
            "merchant": self.merchant,
            "purchase_order": self.known.number,
            "engine": [str(self.known.status), self.known.seq],
            "received_by_engine": self.known.received,
            "received": self.stored.received,
        }
