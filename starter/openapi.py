"""The API's description of itself, with the problem document as the answer to every refusal."""

from collections.abc import Iterator
from typing import Any, get_type_hints

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from starter.described import classes_of, describe_fields, describe_parameters, examples_of
from starter.models.orders_in import OrderIn
from starter.models.problem import Problem
from starter.posted import posted
from starter.problems.documents import MEDIA_TYPE, TITLES

DESCRIPTION = """
Pegboard takes orders in, and gets every one of them shipped, cancelled or explained.

Quantities are whole base units, money is integer minor units, days are the merchant's. Every
refusal is a problem document (RFC 9457) with a stable `code`, the fields at fault and a remedy.
"""

TAGS = [
    {"name": "orders", "description": "Orders in, and what can be asked of them."},
    {"name": "customer page", "description": "What the customer of an order sees and may choose."},
    {"name": "payments", "description": "What was paid, and what is due at the provider."},
    {"name": "shipments", "description": "What the warehouse picks, packs and ships."},
    {"name": "pick lists", "description": "Work that a picker takes, walks and confirms."},
    {"name": "staging", "description": "What waits in containers for the rest of its order."},
    {"name": "tasks", "description": "What people on the floor are asked to look at."},
    {"name": "documents", "description": "Papers of the floor as PDF, with barcodes."},
    {"name": "purchase orders", "description": "What should be bought, will come, and has come."},
    {"name": "receipts", "description": "Goods that came, and where they went."},
    {"name": "restocks", "description": "What will come without a purchase order."},
    {"name": "transfers", "description": "What goes from one location to another."},
    {"name": "returns", "description": "What comes back from customers."},
    {"name": "counts", "description": "What was counted is what is on hand."},
    {"name": "stock", "description": "What is there, claimed, coming and wanted."},
    {"name": "products", "description": "What is sold."},
    {"name": "locations", "description": "Warehouses and stores (operators only)."},
    {"name": "merchants", "description": "Whose goods they are (operators only)."},
    {"name": "keys", "description": "Who may use the API, and for whom (operators only)."},
    {"name": "users", "description": "Who may sign in to the pages (operators only)."},
    {"name": "settings", "description": "How orders are fulfilled where they do not say it."},
    {"name": "events", "description": "What happened, for those who are not looking."},
    {"name": "webhooks", "description": "Who is told of events, and what they answered."},
    {"name": "health", "description": "For whoever runs the process."},
]

FOR_ALL = (401, 403, 404, 422, 429, 500, 503)
WITH_BODY = (400, 408, 413, 415)
SECURITY = {"key": {"type": "http", "scheme": "bearer", "description": "A key: `pb_...`."}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
        )
        _add_schemas(app, document)
        document["webhooks"] = posted()
        for path, operation in _operations(document):
            describe_parameters(path, operation)
            if path.startswith("/v1/"):
                _add_problems(operation)
                operation["security"] = [{"key": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _add_schemas(app: FastAPI, document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (Problem, OrderIn):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, part in schema.pop("$defs", {}).items():
            schemas.setdefault(name, part)
        schemas.setdefault(model.__name__, schema)
    for kind in classes_of([Problem, OrderIn, *_spoken(app)]):
        if schema := schemas.get(kind.__name__):
            describe_fields(kind, schema)
            if examples := examples_of(kind):
                # FastAPI drops every null, also those of an example, where they mean something.
                schema["examples"] = examples


def _spoken(app: FastAPI) -> Iterator[Any]:
    """Types that the routes take and answer."""
    for found in iter_route_contexts(app.routes):
        route = found.original_route
        if isinstance(route, APIRoute):
            yield from get_type_hints(route.endpoint, include_extras=True).values()
            yield from (one["model"] for one in route.responses.values() if "model" in one)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _add_problems(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    statuses = FOR_ALL + (WITH_BODY if "requestBody" in operation else ())
    for status in statuses:
        responses.setdefault(str(status), {"description": TITLES[status]})
    for status, response in responses.items():
        if int(status) >= 400:  # noqa: PLR2004 -- where refusals begin
            schema = {"$ref": "#/components/schemas/Problem"}
            response["content"] = {MEDIA_TYPE: {"schema": schema}}
