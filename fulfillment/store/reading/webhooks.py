"""Endpoints of webhooks and their log of deliveries."""

from collections.abc import Collection
from datetime import datetime

from fulfillment.domain.model.refusals import missing
from fulfillment.domain.model.webhooks import DeliveryStatus
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.webhooks import WebhookDeliveryView, WebhookView
from fulfillment.store.transactions.session import Tx

OLDEST_FIRST = Sort(("e.id",), ("bigint",))
NEWEST_FIRST = Sort(("d.id",), ("bigint",), descending=True)

ENDPOINTS = """
SELECT e.id, e.merchant, e.url, e.description, e.topics, e.locations, e.status, e.off_reason,
       e.off_at, e.failing_since, CASE WHEN e.slow_until > :now THEN e.slow_until END AS slow_until,
       CASE WHEN e.previous_until > :now THEN e.previous_until END AS previous_secret_until,
       (SELECT count(*) FROM (
           SELECT 1 FROM webhook_delivery d WHERE d.endpoint = e.id AND d.status = 'due'
            LIMIT 1000) w) AS waiting,
       e.made_by, e.created_at, {keys}
  FROM webhook_endpoint e
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

ALL_ENDPOINTS = Listing(
    ENDPOINTS,
    OLDEST_FIRST,
    rows_as(WebhookView),
    {"id": "e.id = :id", "locations": "e.locations <@ CAST(:locations AS text[])"},
    always=("e.merchant = :merchant", "e.removed_at IS NULL"),
)

DELIVERIES = """
SELECT d.id, d.event, d.type, d.subject, d.number, d.happened_at, d.status, d.attempts,
       CASE WHEN d.status = 'due' THEN d.next_at END AS next_at, d.created_at, d.done_at,
       (SELECT jsonb_agg(jsonb_build_object(
                   'attempt', a.attempt, 'at', a.at, 'milliseconds', a.milliseconds,
                   'answered', a.answered, 'fault', a.fault, 'answer', a.answer) ORDER BY a.id)
          FROM webhook_attempt a WHERE a.delivery = d.id) AS tries,
       {keys}
  FROM webhook_delivery d
 WHERE {conditions} ORDER BY {order_by} LIMIT :most
"""

ALL_DELIVERIES = Listing(
    DELIVERIES,
    NEWEST_FIRST,
    rows_as(WebhookDeliveryView),
    {
        "id": "d.id = :id",
        "endpoint": "d.endpoint = :endpoint",
        "status": "d.status = :status",
        "since": "d.happened_at >= :since",
        "until": "d.happened_at < :until",
    },
)


def list_endpoints(
    tx: Tx, window: Window, locations: Collection[str] | None = None
) -> Page[WebhookView]:
    """One page of a merchant's endpoints, the oldest first.

    With locations only those that are told of no others.
    """
    places = None if locations is None else sorted(locations)
    return ALL_ENDPOINTS.page(tx, window, {"locations": places}, now=tx.now)


def read_endpoint(tx: Tx, endpoint: int) -> WebhookView:
    """One endpoint of the merchant, or a refusal."""
    page = ALL_ENDPOINTS.page(tx, Window(1), {"id": endpoint}, now=tx.now)
    for found in page.items:
        return found
    raise missing("webhook", endpoint)


def list_deliveries(
    tx: Tx,
    endpoint: int,
    window: Window,
    status: DeliveryStatus | None = None,
    period: tuple[datetime | None, datetime | None] = (None, None),
) -> Page[WebhookDeliveryView]:
    """One page of an endpoint's deliveries, the newest first, of events of a period if it is named.

    Whose endpoint it is has been asked before.
    """
    since, until = period
    asked = {"endpoint": endpoint, "status": status, "since": since, "until": until}
    return ALL_DELIVERIES.page(tx, window, asked)


def read_delivery(tx: Tx, endpoint: int, delivery: int) -> WebhookDeliveryView:
    """One delivery of an endpoint, or a refusal."""
    if found := ALL_DELIVERIES.one(tx, endpoint=endpoint, id=delivery):
        return found
    raise missing("delivery", delivery)
