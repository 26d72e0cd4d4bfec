"""Every variable that an operator meets is one that a process reads."""

import re

import pytest
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from temporalio.envconfig import ClientConfigProfile

from cli.client import access
from fulfillment import engine
from fulfillment.contracts import search_attributes
from fulfillment.settings import Settings
from tests.deployment import compose

GUIDE = compose.ROOT / "docs" / "deployment.md"
OF_THE_CLIENT = {access.URL, access.KEY}
"""What the command line reads, which may run where nothing else of Pegboard does."""

KNOWN = {f"PEGBOARD_{name.upper()}" for name in Settings.model_fields}
OTHERS = re.compile(r"(TEMPORAL|POSTGRES)_\w+")


def is_known(name: str) -> bool:
    return name in KNOWN or OTHERS.fullmatch(name) is not None


def row(name: str, field: FieldInfo) -> str:
    """The field's line of the guide's table."""
    default = field.default
    shown = "" if default is None or default is PydanticUndefined else f"`{default}`"
    return f"| `PEGBOARD_{name.upper()}` | {shown.lower()} | {field.description} |"


def test_every_variable_of_the_compose_file_is_known():
    names = {match["name"] for match in compose.VARIABLE.finditer(compose.text())}
    for service in compose.OURS:
        names |= set(compose.services()[service]["environment"])

    assert {name for name in names if not is_known(name)} == set()


def test_every_variable_of_the_image_is_known_or_pythons():
    names = set(compose.image_environment()) - {"PATH"}

    assert {name for name in names if not is_known(name) and "PYTHON" not in name} == set()


def test_the_example_environment_names_what_the_compose_file_reads_and_nothing_else():
    read = {match["name"] for match in compose.VARIABLE.finditer(compose.text())}

    named = set(re.findall(r"^#?([A-Z_]+)=", compose.ENV_EXAMPLE.read_text(), re.MULTILINE))

    assert named == read
    assert all(is_known(name) for name in named)


def test_defaults_of_the_example_environment_are_those_of_the_compose_file():
    defaults = {
        match["name"]: match["rest"]
        for match in compose.VARIABLE.finditer(compose.text())
        if match["kind"] == "-"
    }

    shown = re.findall(r"^#([A-Z_]+)=(.*)$", compose.ENV_EXAMPLE.read_text(), re.MULTILINE)

    assert dict(shown) == defaults


def test_the_guide_has_every_setting_with_its_default():
    table = "\n".join(row(name, field) for name, field in Settings.model_fields.items())

    assert table in GUIDE.read_text(), f"docs/deployment.md needs this table:\n{table}"


def test_the_guide_has_every_search_attribute_with_its_type():
    listed = dict(
        re.findall(r"^\| `(Pegboard\w+)` \| `(\w+)` \|$", GUIDE.read_text(), re.MULTILINE)
    )

    assert listed == search_attributes.TYPES


def test_the_guide_names_no_setting_that_is_not_there():
    named = set(re.findall(r"PEGBOARD_[A-Z_]*[A-Z]", GUIDE.read_text()))

    assert named - KNOWN - OF_THE_CLIENT == set()


TEMPORAL_VALUES = {
    "TEMPORAL_ADDRESS": "temporal.example:7233",
    "TEMPORAL_NAMESPACE": "orders.a1b2c",
    "TEMPORAL_API_KEY": "key",
    "TEMPORAL_TLS": "true",
    "TEMPORAL_TLS_CLIENT_CERT_PATH": "/certs/client.pem",
    "TEMPORAL_TLS_CLIENT_KEY_PATH": "/certs/client.key",
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH": "/certs/ca.pem",
    "TEMPORAL_TLS_SERVER_NAME": "temporal.example",
}


def test_the_guide_names_temporals_variables_that_are_tried_here_and_those_of_its_file():
    named = set(re.findall(r"`(TEMPORAL_[A-Z_]+)`", GUIDE.read_text()))

    assert named == TEMPORAL_VALUES.keys() | set(engine.NAMED_FILE)


@pytest.mark.parametrize("name", TEMPORAL_VALUES)
def test_each_of_temporals_variables_changes_how_we_connect(name):
    nothing = ClientConfigProfile.load(disable_file=True, override_env_vars={})
    # A certificate alone is half a pair, which is refused.
    told = {key: value for key, value in TEMPORAL_VALUES.items() if key == name or "CLIENT" in key}

    without = ClientConfigProfile.load(
        disable_file=True, override_env_vars={key: told[key] for key in told if key != name}
    )
    found = ClientConfigProfile.load(disable_file=True, override_env_vars=told)

    assert found != nothing
    assert found != without
