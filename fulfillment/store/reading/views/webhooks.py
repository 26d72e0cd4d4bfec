"""Endpoints of webhooks and their deliveries as they are told: never their secrets."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fulfillment.domain.model.webhooks import DeliveryStatus, EndpointStatus, OffReason


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookView:
    """An endpoint: what it is told, and whether it takes it."""

    id: int
    merchant: str
    url: str
    """Where events are posted."""
    description: str
    """What it is for, for people."""
    topics: tuple[str, ...]
    """Types of events, `order.*` and the like for all of a family, or `*` for all."""
    locations: tuple[str, ...] | None
    """It is told of what concerns one of these; null: of every location."""
    status: EndpointStatus
    """Whether it is told anything: `on` or `off`."""
    off_reason: OffReason | None
    """`manual`, `gone` (it answered 410), `failing` (nothing got through for days); else null."""
    off_at: datetime | None
    """When it was switched off."""
    failing_since: datetime | None
    """Since when nothing got through; null while something does."""
    slow_until: datetime | None
    """It asked for fewer calls, and gets none before."""
    previous_secret_until: datetime | None
    """Until then messages are signed with the secret before, too; null: with one alone."""
    waiting: int
    """Deliveries that are due; it is counted up to 1,000."""
    made_by: str
    """The key that made it."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAttemptView:
    """One attempt to deliver."""

    attempt: int
    """From 1; it begins again with each replay."""
    at: datetime
    milliseconds: int
    """How long it took."""
    answered: int | None
    """The HTTP status of the answer; null: there was none."""
    fault: str | None
    """Why there was no answer, as a code."""
    answer: str
    """How the answer begins: its first 500 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeliveryView:
    """An event that an endpoint is owed, or was sent."""

    id: int
    event: UUID
    """The id of the event, which each attempt has as `webhook-id`."""
    type: str
    """The type of the event; `webhook.test` for what was sent to try it."""
    subject: str
    """What it happened to: an order or a document of supply."""
    number: str
    happened_at: datetime
    """When it happened, in UTC."""
    status: DeliveryStatus
    """`due` until it was `delivered`, or given up (`failed`)."""
    attempts: int
    """How often it was tried, one under way included."""
    next_at: datetime | None
    """When it is tried next, at the earliest; null: it is done."""
    created_at: datetime
    done_at: datetime | None
    """When it was taken, or given up."""
    tries: tuple[WebhookAttemptView, ...]
    """What came of each attempt, the first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayView:
    """What a replay came to."""

    deliveries: int
    """How many are sent again, or for the first time."""
