"""`pegboard events`: what happened, as it is told."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Line
from cli.client.readers import Text
from cli.client.table import Answer, Command, option, options, whole
from cli.client.views import moment

TYPES = (
    "order.received", "order.waits", "order.ready", "order.partially_shipped", "order.shipped",
    "order.cancelled", "order.held", "order.changed", "promise.given", "promise.moved",
    "shipment.released", "shipment.shipped", "supply.approved", "supply.date_moved",
    "supply.overdue", "supply.received", "supply.closed", "stock.short",
)  # fmt: skip


def told(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """A line for each event: when, what, of which order or document, and its facts."""
    for event in answer["items"]:
        facts = " ".join(_words(event["facts"]))
        yield Line(f"{moment(event['at'])} {event['type']} {event['number']} {facts}".rstrip())


def _words(facts: Mapping[str, Any]) -> Iterable[str]:
    for name, value in facts.items():
        if isinstance(value, list):
            yield f"{name}={','.join(map(_one, value)) or 'none'}"
        else:
            yield f"{name}={value}"


def _one(value: Any) -> str:
    return f"({' '.join(_words(value))})" if isinstance(value, dict) else str(value)


COMMANDS = (
    Command(
        group="events", verb="", method="GET", path="/v1/events", view=told, tails=True,
        says="Show what happened, the oldest first; with --follow, what happens from now on.",
        example="events --types order.waits --types promise.moved",
        parameters=(
            options("query.types", "Only events of this type.", Text(TYPES)),
            option("query.after", "The cursor that an answer ended with; `now` for none so far."),
            whole("query.wait", "Seconds to wait while there is nothing.", 0, 30),
            whole("query.limit", "Events at most.", 1, 200),
        ),
    ),
)  # fmt: skip
