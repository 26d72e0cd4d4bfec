"""The table of commands and the API's own description of itself say the same, both ways."""

from functools import cache
from typing import Any

import pytest

from cli.client.commands import COMMANDS, GROUPS
from cli.client.readers import SWITCHES, Text
from cli.client.table import Command, Parameter
from fulfillment.domain.model.policy import Policy
from fulfillment.settings import Settings
from fulfillment.store.transactions.session import Store, connect
from starter.app import build_app
from tests.cli.command_page import listed, written

NOT_COMMANDS = {
    ("GET", "/health/live"): "asked by what keeps the process running",
    ("GET", "/health/ready"): "`pegboard health api` asks it on the machine itself",
    (
        "GET",
        "/v1/keys",
    ): "`pegboard keys` does it on the machine itself, where the first key is made",
    ("POST", "/v1/keys"): "as above",
    ("GET", "/v1/keys/{key_id}"): "as above",
    ("PATCH", "/v1/keys/{key_id}"): "as above",
    ("POST", "/v1/keys/{key_id}/revoke"): "as above",
    (
        "GET",
        "/v1/users",
    ): "`pegboard users` does it on the machine itself, where the first user is made",
    ("POST", "/v1/users"): "as above",
    ("GET", "/v1/users/{user}"): "as above",
    ("PATCH", "/v1/users/{user}"): "as above",
    ("POST", "/v1/users/{user}/password"): "as above",
    ("POST", "/v1/users/{user}/disable"): "as above",
    ("POST", "/v1/users/{user}/enable"): "as above",
}
"""Operations without a command, and why."""

PAGING = {"cursor", "limit"}
"""What `--limit` stands for: pages are followed."""


@cache
def document() -> dict[str, Any]:
    store = Store(connect("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    return build_app(store, None, Settings()).openapi()


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][path][method.lower()]
    return found


def schema_of(node: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference, or one of a reference and null, leads to."""
    for one in node.get("anyOf", [node]):
        if "$ref" in one:
            found: dict[str, Any] = document()["components"]["schemas"][one["$ref"][21:]]
            return schema_of(found)
    return next((one for one in node.get("anyOf", []) if one != {"type": "null"}), node)


def body_of(described: dict[str, Any]) -> dict[str, Any]:
    content = described.get("requestBody", {}).get("content", {})
    return schema_of(content["application/json"]["schema"]) if content else {}


def named(described: dict[str, Any], place: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in described.get("parameters", ()) if one["in"] == place}


def filled(command: Command, place: str) -> dict[str, Parameter]:
    return {one.field: one for one in command.parameters if one.to.partition(".")[0] == place}


def name_of(command: Command) -> str:
    return f"{command.group} {command.verb}"


def paths_of(command: Command) -> list[str]:
    return [path for path in (command.path, command.default_path) if path]


every_command = pytest.mark.parametrize("command", COMMANDS, ids=name_of)


def test_every_operation_has_a_command_unless_it_is_named_here():
    ours = {(one.method, path) for one in COMMANDS for path in paths_of(one)}
    theirs = {
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert theirs - ours == set(NOT_COMMANDS)
    assert ours - theirs == set()


def test_every_command_has_a_name_of_its_own_in_a_group_that_is_told():
    names = [name_of(one) for one in COMMANDS]
    assert len(names) == len(set(names))
    assert {one.group for one in COMMANDS} == set(GROUPS)


@every_command
def test_a_command_asks_for_what_its_operation_takes(command):
    described = operation(command.method, command.path)
    queries = named(described, "query")
    assert set(filled(command, "path")) == set(named(described, "path"))
    unknown = set(filled(command, "query")) - set(queries)
    assert unknown == set()
    needed = {name for name, one in queries.items() if one.get("required")}
    assert needed <= {name for name, one in filled(command, "query").items() if one.required}


@every_command
def test_a_command_offers_every_question_that_a_list_can_be_asked(command):
    queries = set(named(operation(command.method, command.path), "query"))
    ours = set(filled(command, "query")) | (PAGING if command.pages else set()) | {"merchant"}
    assert queries <= ours
    assert command.pages is (queries >= PAGING)


@every_command
def test_a_command_fills_the_body_that_its_operation_reads(command):
    described = operation(command.method, command.path)
    schema = body_of(described)
    assert command.has_body is bool(schema)
    known, needed = set(schema.get("properties", ())), set(schema.get("required", ()))
    ours = filled(command, "body")
    sent = {field for field in ours if field} | set(command.fixed or ())
    if "" in ours:
        return  # an object that the person writes: the API checks it
    assert sent <= known
    told = {name for name, one in ours.items() if one.required} | set(command.fixed or ())
    later = {"lines"} if command.complete else set()
    assert needed <= told | later | needed_by_either(command)


def needed_by_either(command: Command) -> set[str]:
    return {to.partition(".")[2] for to in command.either or ()}


@every_command
def test_a_command_offers_every_field_of_a_body(command):
    known = set(body_of(operation(command.method, command.path)).get("properties", ()))
    ours = filled(command, "body")
    assert "" in ours or known - set(ours) - set(command.fixed or ()) == set()


@every_command
def test_a_command_sends_the_headers_that_its_operation_reads(command):
    headers = set(named(operation(command.method, command.path), "header"))
    expected = {"pegboard-merchant"} if command.merchant else set()
    expected |= {"Idempotency-Key"} if command.takes_key else set()
    expected |= {"prefer"} if command.waits else set()
    assert headers == expected


@every_command
def test_choices_are_those_of_the_api(command):
    described = operation(command.method, command.path)
    places = {
        "query": {name: one["schema"] for name, one in named(described, "query").items()},
        "body": body_of(described).get("properties", {}),
    }
    for one in command.parameters:
        place, _, field = one.to.partition(".")
        if isinstance(one.read, Text) and place in places and field:
            known = choices_of(places[place][field])
            fixed = set(command_fixed(command, field))
            assert set(one.read.choices) | fixed == set(known) or not known, one.name


def command_fixed(command: Command, field: str) -> tuple[str, ...]:
    """A value that a command of its own stands for: `po approve`."""
    twins = [one for one in COMMANDS if one.path == command.path and one.fixed]
    return tuple(one.fixed[field] for one in twins if one.fixed and field in one.fixed)


def choices_of(node: dict[str, Any]) -> list[str]:
    schema = schema_of(node)
    return list(schema_of(schema.get("items", schema)).get("enum", ()))


@every_command
def test_a_command_is_told_with_an_example_of_itself(command):
    assert command.example.startswith(name_of(command))
    assert command.says.endswith(".")


def test_settings_that_are_switches_are_those_of_the_policy():
    plain = Policy()
    found = {name for name in vars(type(plain))["__dataclass_fields__"]
             if isinstance(getattr(plain, name), bool)}  # fmt: skip
    assert found == SWITCHES


def test_the_page_lists_every_command():
    assert written() == listed(), "run: python -m tests.cli.command_page"
