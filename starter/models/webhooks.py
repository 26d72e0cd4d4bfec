"""Webhooks as they are asked for and answered; a secret is shown once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from deliveries.webhooks.urls import LONGEST
from fulfillment.store.commands.webhooks.endpoints import EndpointChange
from fulfillment.store.commands.webhooks.replaying import Period
from fulfillment.store.reading.views.webhooks import (
    ReplayView,
    WebhookDeliveryView,
    WebhookView,
)
from starter.models.fields import Instant, Location, Request, ShortText, example
from starter.models.paged import Paged

MOST_TOPICS = 50
MOST_LOCATIONS = 500

Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Topic = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z]{1,30}\.(\*|[a-z_]{1,40}))$")]
Topics = Annotated[list[Topic], Field(min_length=1, max_length=MOST_TOPICS)]
Locations = Annotated[list[Location], Field(min_length=1, max_length=MOST_LOCATIONS)]

SECRET = "whsec_ZXhhbXBsZS1leGFtcGxlLWV4YW1wbGUtZXhhbXBsZS0="  # noqa: S105 -- an example
TOPICS = "Types of events; `order.*` and the like for all of a family, `*` for all."


class WebhookIn(Request):
    """Where events are posted, and which."""

    model_config = example(
        url="https://hooks.example/pegboard", topics=["order.*", "shipment.shipped"],
        locations=["vienna"], description="The shop's own server.",
    )  # fmt: skip

    url: Url = Field(description="https, of a public address.")
    topics: Topics = Field(description=TOPICS)
    locations: Locations | None = Field(
        default=None,
        description="It is told of what concerns one of these; null: of all that the key sees.",
    )
    description: ShortText = Field(default="", description="What it is for, for people.")


class WebhookChangeIn(Request):
    """What is changed; what is not named stays."""

    model_config = example(topics=["order.*", "promise.*", "shipment.shipped"])

    url: Url | None = Field(default=None, description="What is due goes there too.")
    topics: Topics | None = Field(default=None, description=TOPICS)
    description: ShortText | None = Field(default=None, description="What it is for, for people.")

    def to_domain(self) -> EndpointChange:
        """The change as the store takes it."""
        return EndpointChange(self.url, self.topics, self.description)


class ReplayIn(Request):
    """A time of which events are sent again."""

    model_config = example(since="2026-03-01T00:00:00Z", until="2026-03-02T00:00:00Z", all=True)

    since: Instant = Field(description="Of events that happened at this moment or later.")
    until: Instant = Field(description="And before this one.")
    all: bool = Field(
        default=False, description="True: also what was delivered; else what was not."
    )

    @model_validator(mode="after")
    def _is_a_time(self) -> "ReplayIn":
        if self.until <= self.since:
            msg = "`until` is later than `since`"
            raise ValueError(msg)
        return self

    def to_domain(self) -> Period:
        """The period as the store takes it."""
        since: datetime = self.since
        return Period(since, self.until, self.all)


EXAMPLE = {
    "id": 4, "merchant": "acme", "url": "https://hooks.example/pegboard",
    "description": "The shop's own server.", "topics": ["order.*", "shipment.shipped"],
    "locations": ["vienna"], "status": "on", "off_reason": None, "off_at": None,
    "failing_since": None, "slow_until": None, "previous_secret_until": None, "waiting": 0,
    "made_by": "shop (3f2a91c07be4d5a6)", "created_at": "2026-03-01T09:00:00Z",
}  # fmt: skip

EXAMPLE_DELIVERY = {
    "id": 9, "event": "019cb1e0-7e00-7c31-9a54-0f3b7c2d1e88", "type": "order.waits",
    "subject": "order", "number": "SO-1001", "happened_at": "2026-03-01T10:00:00Z",
    "status": "due", "attempts": 1, "next_at": "2026-03-01T10:00:06Z",
    "created_at": "2026-03-01T10:00:00Z", "done_at": None,
    "tries": [{"attempt": 1, "at": "2026-03-01T10:00:00Z", "milliseconds": 212, "answered": 500,
               "fault": None, "answer": "Internal Server Error"}],
}  # fmt: skip


class MadeWebhookOut(BaseModel):
    """A webhook, and the secret that its messages are signed with, which is shown this once."""

    webhook: WebhookView = Field(description="Where events are posted, and which.")
    secret: str | None = Field(
        description="With which receivers verify; null: it was made, and shown, before."
    )


class WebhookPage(Paged[WebhookView]):
    """One page of a merchant's webhooks, the oldest first."""


class WebhookDeliveryPage(Paged[WebhookDeliveryView]):
    """One page of a webhook's deliveries, the newest first."""


EXAMPLES: Mapping[type, object] = {
    WebhookView: EXAMPLE,
    MadeWebhookOut: {"webhook": EXAMPLE, "secret": SECRET},
    WebhookDeliveryView: EXAMPLE_DELIVERY,
    ReplayView: {"deliveries": 12},
}
