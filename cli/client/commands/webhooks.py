"""`pegboard webhook`: who is told of events, what they were sent, and what they answered."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Line, column, number, words
from cli.client.commands.events import TYPES
from cli.client.readers import Text
from cli.client.table import (
    Answer,
    Command,
    argument,
    arguments,
    flag,
    option,
    options,
)
from cli.client.views import grid, listing, moment, saying, told

TOPICS = (*TYPES, *dict.fromkeys(f"{each.partition('.')[0]}.*" for each in TYPES), "*")
STATUSES = ("due", "delivered", "failed")

WEBHOOK = argument("path.webhook", "WEBHOOK", "Its id.")
DELIVERY = argument("path.delivery", "DELIVERY", "The id of the delivery.")
FACTS = {
    "url": "to", "topics": "told of", "locations": "at", "waiting": "waiting",
    "off_reason": "off because", "failing_since": "failing since",
    "previous_secret_until": "the secret before signs until",
}  # fmt: skip
TRIES = (
    number("attempt"), column("at"), number("milliseconds", "ms"), column("answered"),
    column("fault"), words("answer"),
)  # fmt: skip


def webhook(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """One webhook."""
    yield Line(f"Webhook {answer['id']}: {answer['status']}, {told(answer, FACTS)}")


def with_secret(answer: Answer, arguments: Mapping[str, Any]) -> Iterable[Block]:
    """The same, with the secret that is shown once."""
    yield from webhook(answer["webhook"], arguments)
    secret = answer["secret"] or "was shown when it was made"
    yield Line(f"secret {secret}")


def delivery(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """One delivery, with each attempt."""
    said = f"{answer['type']} of {answer['subject']} {answer['number']}, {answer['status']}"
    later = f", next at {moment(answer['next_at'])}" if answer["next_at"] else ""
    yield Line(f"Delivery {answer['id']}: {said}{later}")
    if answer["tries"]:
        yield grid("Attempts", TRIES, answer["tries"])


COMMANDS = (
    Command(
        group="webhook", verb="list", method="GET", path="/v1/webhooks", pages=True,
        says="List webhooks, also those that are off.", example="webhook list",
        view=listing(
            "webhooks", number("id"), words("url"), words("topics"), column("status"),
            column("off_reason", "because"), number("waiting"),
        ),
    ),
    Command(
        group="webhook", verb="show", method="GET", path="/v1/webhooks/{webhook}",
        says="Show what a webhook is told, and whether it takes it.",
        example="webhook show 1", view=webhook, parameters=(WEBHOOK,),
    ),
    Command(
        group="webhook", verb="create", method="POST", path="/v1/webhooks",
        says="Have events be posted to an address from now on; the secret is shown this once.",
        example='webhook create https://hooks.example/shop "order.*" shipment.shipped',
        view=with_secret,
        parameters=(
            argument("body.url", "URL", "https, of a public address."),
            arguments("body.topics", "TOPIC...", "Types, `order.*` and the like, or `*`.",
                      Text(TOPICS), required=True),
            options("body.locations", "Only what concerns this one; repeatable.",
                    name="--location"),
            option("body.description", "What it is for."),
        ),
    ),
    Command(
        group="webhook", verb="change", method="PATCH", path="/v1/webhooks/{webhook}",
        says="Change a webhook's address or topics; what is not said stays.",
        example='webhook change 1 --topic "order.*" --topic "promise.*"', view=webhook,
        parameters=(
            WEBHOOK,
            option("body.url", "Where events are posted from now on."),
            options("body.topics", "What it is told of from now on; repeatable.", Text(TOPICS),
                    name="--topic"),
            option("body.description", "What it is for."),
        ),
    ),
    Command(
        group="webhook", verb="on", method="POST", path="/v1/webhooks/{webhook}/on",
        says="Tell a webhook what happens from now on.", example="webhook on 2",
        view=webhook, parameters=(WEBHOOK,),
    ),
    Command(
        group="webhook", verb="off", method="POST", path="/v1/webhooks/{webhook}/off",
        says="Tell a webhook nothing more; what is due is given up.", example="webhook off 1",
        view=webhook, parameters=(WEBHOOK,),
    ),
    Command(
        group="webhook", verb="test", method="POST", path="/v1/webhooks/{webhook}/test",
        says="Send a webhook an event of which nothing has happened.", example="webhook test 1",
        view=delivery, parameters=(WEBHOOK,),
    ),
    Command(
        group="webhook", verb="renew-secret", method="POST", path="/v1/webhooks/{webhook}/secret",
        says="Sign with a new secret, shown this once; the one before signs for 24 hours too.",
        example="webhook renew-secret 1", view=with_secret, parameters=(WEBHOOK,),
    ),
    Command(
        group="webhook", verb="deliveries", method="GET",
        path="/v1/webhooks/{webhook}/deliveries", pages=True,
        says="List what a webhook was sent or is owed, the newest first.",
        example="webhook deliveries 1 --status due",
        view=listing(
            "deliveries", number("id"), column("type"), column("number", "of"),
            column("happened_at", "happened"), column("status"), number("attempts"),
            column("next_at", "next"),
        ),
        parameters=(
            WEBHOOK,
            option("query.status", "With this status.", Text(STATUSES)),
            option("query.since", "Of events that happened then or later."),
            option("query.until", "Of events that happened before."),
        ),
    ),
    Command(
        group="webhook", verb="delivery", method="GET",
        path="/v1/webhooks/{webhook}/deliveries/{delivery}",
        says="Show a delivery, with what came of each attempt.",
        example="webhook delivery 1 1", view=delivery, parameters=(WEBHOOK, DELIVERY),
    ),
    Command(
        group="webhook", verb="replay-one", method="POST",
        path="/v1/webhooks/{webhook}/deliveries/{delivery}/replay",
        says="Send a delivery again, with the same id.", example="webhook replay-one 1 1",
        view=delivery, parameters=(WEBHOOK, DELIVERY),
    ),
    Command(
        group="webhook", verb="replay", method="POST", path="/v1/webhooks/{webhook}/replay",
        says="Send what was not delivered of a time, and what happened while it was off.",
        example="webhook replay 1 2026-03-01T00:00:00Z 2026-03-03T00:00:00Z",
        view=saying(lambda answer, _: f"{answer['deliveries']} are sent"),
        parameters=(
            WEBHOOK,
            argument("body.since", "SINCE", "Of events from this moment on."),
            argument("body.until", "UNTIL", "And before this one."),
            flag("body.all", "Also what was delivered."),
        ),
    ),
    Command(
        group="webhook", verb="remove", method="DELETE", path="/v1/webhooks/{webhook}",
        says="Remove a webhook, its secrets and its log.", example="webhook remove 1",
        view=webhook, parameters=(WEBHOOK,),
    ),
)  # fmt: skip
