"""The customer's page: links to it, and what it offers."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, StrictInt

from fulfillment.domain.insight.offers import USUALLY, OfferKind
from fulfillment.store.reading.links import DAYS_AFTER_END, LINK_DAYS
from fulfillment.store.reading.views.customer_page import CustomerPageSettings, LinkView
from starter.models.fields import LongText, Request, example
from starter.models.paged import Paged

LinkDays = Annotated[StrictInt, Field(ge=1, le=365)]

EXAMPLE_LINK = {
    "id": "1f2e3d4c5b6a7988", "created_at": "2026-03-01T09:00:00Z",
    "created_by": "shop (0a1b2c3d4e5f6071)", "expires_at": "2026-04-30T09:00:00Z",
    "revoked_at": None,
}  # fmt: skip
EXAMPLE_PAGE = {
    "offers": ["accept_date", "ship_now", "wait_for_all", "cancel_short"],
    "link_days": 60, "days_after_end": 14, "note": "Questions? Write to help@acme.example.",
}  # fmt: skip
EXAMPLE_PATH = f"/c/{'0' * 43}"


class LinkIn(Request):
    """For how long it opens the page."""

    model_config = example(days=30)

    days: LinkDays | None = Field(
        default=None, description="Days from now; null: as the merchant's page has it."
    )


class MadeLinkOut(BaseModel):
    """A link that was made, with where it leads, which is shown this once."""

    link: LinkView = Field(description="Until when it opens the page.")
    path: str | None = Field(
        description="Where the page is, below the address of this API; null: it was shown before."
    )
    url: str | None = Field(
        description="The whole address; null where the installation does not know its own."
    )


class LinkPage(Paged[LinkView]):
    """One page of links, the newest first."""


class CustomerPageIn(Request):
    """What customers may choose on their page from now on; what is not said is as built in."""

    model_config = example(**EXAMPLE_PAGE)

    offers: list[OfferKind] = Field(
        default_factory=lambda: [kind for kind in OfferKind if kind in USUALLY],
        max_length=len(OfferKind),
        description="What a customer may choose; empty: the page only tells.",
    )
    link_days: LinkDays = Field(
        default=LINK_DAYS, description="For how many days a link opens the page."
    )
    days_after_end: Annotated[StrictInt, Field(ge=0, le=365)] = Field(
        default=DAYS_AFTER_END,
        description="For how many of them once the order is shipped or cancelled.",
    )
    note: LongText | None = Field(
        default=None, description="How you are reached, at the foot of every page."
    )

    def to_domain(self) -> CustomerPageSettings:
        """The page as the store takes it: each kind once, in the order in which it is shown."""
        return CustomerPageSettings(
            offers=tuple(kind for kind in OfferKind if kind in self.offers),
            link_days=self.link_days,
            days_after_end=self.days_after_end,
            note=self.note or None,
        )


EXAMPLES: Mapping[type, object] = {
    LinkView: EXAMPLE_LINK,
    CustomerPageSettings: EXAMPLE_PAGE,
    MadeLinkOut: {"link": EXAMPLE_LINK, "path": EXAMPLE_PATH, "url": None},
}
