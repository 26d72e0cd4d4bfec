import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from fulfillment.settings import Settings
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app


@pytest.fixture(scope="module")
def document():
    store = Store(connect("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    return build_app(store, None, Settings()).openapi()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [op for methods in document["paths"].values() for op in methods.values()]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def bodies(operation: dict[str, Any]) -> list[Any]:
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [r.get("content", {}) for s, r in operation["responses"].items() if s < "4"]
    return [c["application/json"]["schema"] for c in contents if "application/json" in c]


def named(schema: Any) -> list[str]:
    return [ref.rsplit("/", 1)[1] for ref in references(schema)]


def test_document_is_valid_when_it_is_read_as_openapi(document):
    OpenAPI.model_validate(document)
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere_when_it_is_followed(document):
    schemas = document["components"]["schemas"]
    for reference in references(document):
        assert reference.startswith("#/components/schemas/")
        assert reference.rsplit("/", 1)[1] in schemas


def test_every_schema_has_a_short_name_of_its_own(document):
    """Two models of one name are told apart by their modules' names, which nobody should see."""
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_every_operation_has_a_summary_tag_and_example_when_it_is_described(document):
    schemas = document["components"]["schemas"]
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(ids) == len(set(ids))
    for operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]
        if "application/pdf" in operation["responses"].get("200", {}).get("content", {}):
            continue
        models = [name for body in bodies(operation) for name in named(body)]
        assert models
        assert any(schemas[name].get("examples") for name in models), operation["summary"]


def test_every_property_and_parameter_says_what_it_means(document):
    silent = [
        f"{name}.{property_}"
        for name, schema in document["components"]["schemas"].items()
        for property_, part in schema.get("properties", {}).items()
        if not part.get("description")
    ]
    silent += [
        f"{operation['operationId']}: {parameter['name']}"
        for operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert silent == [], "say it below the field, or in `starter/terms.py`"


def test_every_body_and_path_has_an_example_that_tests_api_test_examples_sends(document):
    schemas = document["components"]["schemas"]
    for operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter["in"] != "path" or "example" in parameter, operation["operationId"]
        if "requestBody" in operation:
            (first, *_) = named(operation["requestBody"])
            assert len(schemas[first]["examples"]) == 1, first


def test_every_example_is_valid_when_it_is_checked_against_its_schema(document):
    root = DRAFT202012.create_resource(document)
    registry = Registry[Any]().with_resource("urn:api", root)
    checked = 0
    for name, schema in document["components"]["schemas"].items():
        validator = Draft202012Validator(
            {"$ref": f"urn:api#/components/schemas/{name}"}, registry=registry
        )
        for example in schema.get("examples", []):
            validator.validate(example)
            checked += 1
    assert checked > 20


def test_every_refusal_is_a_problem_when_an_operation_needs_a_key(document):
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if not path.startswith("/v1/"):
                continue
            assert operation["security"] == [{"key": []}]
            assert {"401", "403", "404", "422", "500", "503"} <= set(operation["responses"])
            for status, response in operation["responses"].items():
                if re.match("[45]", status):
                    assert list(response["content"]) == ["application/problem+json"]


def texts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a text inside this one."""
    if isinstance(schema, dict):
        if schema.get("type") == "string":
            yield schema
        parts = [value for key, value in schema.items() if key != "examples"]
    else:
        parts = schema if isinstance(schema, list) else []
    for part in parts:
        yield from texts(part)


def test_no_text_of_a_request_is_unlimited_when_it_is_described(document):
    limits = {"maxLength", "pattern", "const", "enum", "format"}
    for operation in operations(document):
        names = named(operation.get("requestBody", {}))
        schemas = [document["components"]["schemas"][name] for name in names]
        found = texts([schemas, operation.get("parameters", [])])
        assert [text for text in found if not limits & set(text)] == [], operation["summary"]
