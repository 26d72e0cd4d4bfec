"""Mail to customers as it is set, previewed and listed."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.model.mail_addresses import mail_address
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.reading.views.mail import (
    MailBatchView,
    MailSettingsView,
    MailTemplateView,
    MailView,
)
from fulfillment.store.reading.views.mail_facts import MailWords
from starter.models.fields import ONLY_LINE_BREAKS, Name, Number, Request, example
from starter.models.paged import Paged

MOST_ADDRESS = 254


def _address(written: str) -> str:
    found = mail_address(written)
    if found is None:
        raise PydanticCustomError("mail_address", "write one address, as shop@example.com")
    return found


MailAddress = Annotated[str, StringConstraints(max_length=MOST_ADDRESS), AfterValidator(_address)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=ONLY_LINE_BREAKS)]
Html = Annotated[str, StringConstraints(min_length=1, max_length=50_000, pattern=ONLY_LINE_BREAKS)]

OWN = {
    "subject": "Your order {{ order.number }} waits",
    "text": "Hello, we expect it{% if order.until %} by {{ order.until | day }}{% endif %}.",
    "html": "<p>Hello, we expect it soon.</p>",
}


class MailSettingsIn(Request):
    """What of mail to customers is to change; what is not named stays."""

    model_config = example(
        enabled=True, sender_address="shop@acme.example", sender_name="Acme Teas"
    )

    enabled: StrictBool = False
    """Whether any mail is sent."""
    types: list[MailType] = Field(default_factory=list, description="Which mails are sent.")
    sender_name: Name | None = None
    """Who the mail is from, as customers see it; null: the merchant's name."""
    sender_address: MailAddress | None = None
    """The address that it is from."""
    reply_to: MailAddress | None = None
    """Where answers go; null: to the sender's address."""
    locale: Language = "en"
    """The language and country of customers of whom none is known, as `de-AT`."""
    settle_minutes: Annotated[StrictInt, Field(ge=0, le=10_080)] = 120
    """So long a promise may move about before its customer is told of it."""
    per_hour: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1_000
    """So many mails leave in an hour at most."""
    delay_rule: StrictBool = False
    """Whether silence to a delay can cancel what has not left."""
    delay_consent_days: Annotated[StrictInt, Field(ge=0, le=365)] = 30
    """So many days after the first promise a first delay may end, and silence consents to it."""

    def changes(self) -> dict[str, object]:
        """Those that were named."""
        named = {name: getattr(self, name) for name in self.model_fields_set}
        if "types" in named:
            named["types"] = tuple(type_ for type_ in MailType if type_ in self.types)
        return named


class MailTemplateIn(Request):
    """A merchant's own words for one type of mail in one language."""

    model_config = example(**OWN)

    subject: Subject
    """The template of its subject."""
    text: Text
    """The template of its plain text."""
    html: Html
    """The template of what stands in the body of its HTML."""

    def to_words(self, language: str) -> MailWords:
        """The words as they are tried and stored."""
        return MailWords(language=language, subject=self.subject, text=self.text, html=self.html)


class MailPreviewIn(Request):
    """What is to be shown: of which order, and in words that are not stored yet, if there are."""

    model_config = example(order="SO-1001", **OWN)

    order: Number | None = Field(
        default=None, description="A real order; null: a sample that has something of everything."
    )
    subject: Subject | None = Field(
        default=None, description="To be tried, with text and html; null: what counts now."
    )
    text: Text | None = Field(default=None, description="The same.")
    html: Html | None = Field(default=None, description="The same.")

    def to_words(self, language: str) -> MailWords | None:
        """The words that are to be tried; a refusal where a part of them is missing."""
        parts = {"subject": self.subject, "text": self.text, "html": self.html}
        given = {name: part for name, part in parts.items() if part is not None}
        if not given:
            return None
        if missing := next((name for name in parts if name not in given), None):
            raise invalid("one_needed", f"to try words, send {missing} with them", missing)
        return MailWords(language=language, **given)


class MailPreviewOut(BaseModel):
    """What a customer would read."""

    model_config = example(
        language="en", subject="Your order SO-1001 waits", text="Hello Zoe, it waits ...",
        html="<!doctype html> ...",
    )  # fmt: skip

    language: str
    """The language of the words."""
    subject: str
    """Its subject, in one line."""
    text: str
    """Its plain text."""
    html: str
    """Its HTML, as a whole page."""


class MailTemplatesOut(BaseModel):
    """The words of every type of mail, in every language that there is."""

    model_config = example(items=[{"type": "waits", "language": "en", "own": True, **OWN}])

    items: list[MailTemplateView]
    """By type and language; the merchant's own in place of those that come with Pegboard."""


class BounceIn(Request):
    """That a mail came back: which one, or the address at which it did."""

    model_config = example(mail=9)

    mail: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)] | None = None
    """The id of the mail."""
    address: Annotated[str, StringConstraints(max_length=MOST_ADDRESS)] | None = None
    """The address at which it came back, as bounces+9-abc…@mail.example."""

    def check(self) -> None:
        """Refuse none and both."""
        if (self.mail is None) == (self.address is None):
            raise invalid("one_needed", "name the mail, or the address at which it came", "mail")


class MailPage(Paged[MailView]):
    """One page of mails, the newest first."""


class MailBatchPage(Paged[MailBatchView]):
    """One page of batches, the newest first."""


EXAMPLES: Mapping[type, object] = {
    MailSettingsView: {
        "enabled": True,
        "types": ["taken", "waits", "split", "delayed", "shipped", "cancelled"],
        "sender_name": "Acme Teas", "sender_address": "shop@acme.example", "reply_to": None,
        "locale": "en", "settle_minutes": 120, "per_hour": 1000, "delay_rule": False,
        "delay_consent_days": 30,
    },
    MailTemplateView: {"type": "waits", "language": "en", "own": True, **OWN},
    MailView: {
        "id": 9, "order": "SO-1001", "type": "waits", "status": "refused",
        "event": "019cb1e0-7e00-7c31-9a54-0f3b7c2d1e88", "again": 0, "batch": None,
        "happened_at": "2026-03-01T10:00:00Z", "due_at": "2026-03-01T10:02:00Z", "attempts": 1,
        "ended_at": "2026-03-01T10:02:01Z",
        "message_id": "<019cb1e0-7e00-7c31-9a54-0f3b7c2d1e88.waits@acme.example>",
        "reason": "refused_by_server", "reply": 550, "actor": "pegboard", "needs_person": True,
        "settled_at": None,
    },
    MailBatchView: {
        "id": 2, "cause": "PO-77", "began_at": "2026-03-02T10:00:00Z", "mails": 10000, "due": 0,
        "sent": 120, "stopped": 9880, "stopped_at": "2026-03-02T12:10:00Z",
    },
}  # fmt: skip
