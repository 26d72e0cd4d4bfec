"""What is posted to webhooks, as the OpenAPI document tells it: each type with an example."""

import json
from collections.abc import Mapping
from typing import Any

from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.insight.webhook_body import body_of
from fulfillment.domain.model.webhooks import TEST_EVENT
from starter.models.events import WHAT, example_of

Schema = Mapping[str, Any]

HEADERS: Mapping[str, tuple[str, str]] = {
    "webhook-id": (
        "The id of the event, the same with every attempt: who has seen it does nothing again.",
        "019cb1e0-7e00-7c31-9a54-0f3b7c2d1e88",
    ),
    "webhook-timestamp": (
        "When this attempt was made, in seconds since 1970: refuse what is old.",
        "1772359200",
    ),
    "webhook-signature": (
        "One signature for each secret in force, after the Standard Webhooks specification.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}

ANSWERS: Mapping[str, str] = {
    "2XX": "It was taken.",
    "410": "It is not wanted any more: the webhook is switched off.",
    "429": "Later, and fewer at once; `Retry-After` says when.",
    "503": "Later; `Retry-After` says when.",
}


def posted() -> Mapping[str, object]:
    """The `webhooks` of the document: every type of event, and the one to try a webhook."""
    told = {str(type_): _operation(type_, WHAT[type_]) for type_ in EventType}
    return told | {TEST_EVENT: _operation(TEST_EVENT, "Somebody tries the webhook.")}


def _operation(type_: str, what: str) -> dict[str, object]:
    content = {"schema": schema_of(type_), "example": example(type_)}
    return {
        "post": {
            "tags": ["webhooks"],
            "summary": what,
            "operationId": type_,
            "parameters": [_header(name, *told) for name, told in HEADERS.items()],
            "requestBody": {"required": True, "content": {"application/json": content}},
            "responses": {status: {"description": told} for status, told in ANSWERS.items()},
        }
    }


def _header(name: str, what: str, shown: str) -> dict[str, object]:
    return {
        "name": name, "in": "header", "required": True, "description": what,
        "schema": {"type": "string"}, "example": shown,
    }  # fmt: skip


def schema_of(type_: str) -> Schema:
    """What a body of this type is."""
    event = {"$ref": "#/components/schemas/FeedEventView"}
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": type_, "description": "What happened."},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When it happened, in UTC.",
            },
            "data": {"type": "object"} if type_ == TEST_EVENT else event,
        },
    }


def example(type_: str) -> Mapping[str, object]:
    """A body of this type."""
    if type_ == TEST_EVENT:
        told = example_of(EventType.ORDER_READY) | {
            "type": TEST_EVENT, "subject": "webhook", "number": "4", "sequence": 0,
            "locations": [], "facts": {},
        }  # fmt: skip
    else:
        told = example_of(EventType(type_))
    return dict(json.loads(body_of(told)))
