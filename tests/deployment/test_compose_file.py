import json
import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.deployment import compose

SCHEMA = compose.ROOT / "tests" / "data" / "compose-spec.json"
FLOATING = {"latest", "edge", "nightly", "main", "master", "stable"}
NAMES = list(compose.services())


@pytest.fixture(params=NAMES)
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    return compose.services()[request.param]


@pytest.mark.parametrize("filled", [False, True])
def test_the_compose_file_is_valid_by_the_official_schema(filled):
    found = compose.resolved(compose.PASSWORDS) if filled else compose.raw()

    errors = Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(found)

    assert [f"{list(error.absolute_path)}: {error.message}" for error in errors] == []


def test_the_schema_refuses_what_is_no_compose_file():
    broken = compose.raw() | {"services": {"api": {"imag": "pegboard:1"}}}

    assert not Draft7Validator(json.loads(SCHEMA.read_text())).is_valid(broken)


def test_the_file_has_no_version_key_because_compose_ignores_it():
    assert "version" not in compose.raw()


@pytest.mark.parametrize("missing", compose.PASSWORDS)
def test_nothing_starts_when_a_password_is_missing(missing):
    others = {name: word for name, word in compose.PASSWORDS.items() if name != missing}

    with pytest.raises(KeyError, match=missing):
        compose.resolved(others)


def test_every_password_comes_from_the_environment():
    required = re.compile(r"\$\{POSTGRES_\w*PASSWORD:\?[^}]+\}")
    keys = re.compile(r"\$\{PEGBOARD_SECRET_KEYS:-\}")
    """All but webhooks and mail works without them."""

    for service in compose.services().values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|PWD|SECRET|KEY|TOKEN", name):
                assert required.fullmatch(value) or keys.fullmatch(value), name
            if "://" in value:
                assert re.search(f":{required.pattern}@", value), name


def test_the_example_environment_has_no_password():
    values = dict(line.split("=", 1) for line in compose.ENV_EXAMPLE.read_text().splitlines()
                  if line and not line.startswith("#"))  # fmt: skip

    assert values == dict.fromkeys(compose.PASSWORDS, "")


def test_every_service_has_a_health_check_or_ends(service):
    check = service.get("healthcheck", {})

    assert compose.is_one_shot(service) != bool(check.get("test"))
    assert not check.get("test") or check["test"][0] == "CMD", "no shell is needed"


def test_every_image_is_pinned(service):
    name, _, tag = service["image"].partition(":")

    assert name
    assert tag not in FLOATING
    assert re.search(r"\d", tag)


def test_the_image_we_build_on_is_pinned():
    (base,) = [rest.split("=", 1)[1] for word, rest in compose.instructions() if word == "ARG"]
    stages = [rest.split()[0] for word, rest in compose.instructions() if word == "FROM"]

    assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)
    assert set(stages) == {"${PYTHON_IMAGE}"}


@pytest.mark.parametrize("name", compose.OURS)
def test_our_services_run_as_the_images_user_and_not_as_root(name):
    service = compose.services()[name]
    user = compose.image_setting("USER")

    assert service["user"] == user
    assert int(user.split(":")[0]) >= 10_000
    assert service["build"] == "."


def test_every_service_is_hardened(service):
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert not service.get("privileged")
    assert "network_mode" not in service


def test_ports_are_bound_to_loopback(service):
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_what_must_go_on_is_started_again(service):
    assert service["restart"] in {"unless-stopped", "on-failure:5"}
    assert compose.is_one_shot(service) or "memory" in service["deploy"]["resources"]["limits"]


def test_every_dependency_waits_for_the_right_thing():
    found = compose.services()

    for service in found.values():
        for needed, how in service.get("depends_on", {}).items():
            ends = compose.is_one_shot(found[needed])
            expected = "service_completed_successfully" if ends else "service_healthy"
            assert how["condition"] == expected


def test_the_worker_waits_for_tables_and_search_attributes_and_the_api_for_tables_only():
    found = compose.services()

    assert set(found["worker"]["depends_on"]) == {"migrate", "search-attributes"}
    assert set(found["api"]["depends_on"]) == {"migrate"}


def test_bind_mounts_are_read_only_and_of_files_that_are_there(service):
    for volume in service.get("volumes", []):
        source, target, *mode = volume.split(":")
        if source.startswith("."):
            assert mode == ["ro"], target
            assert (compose.ROOT / source).is_dir()
        else:
            assert source in compose.raw()["volumes"]


def test_the_database_is_in_a_volume_where_the_image_keeps_it():
    found = compose.services()["postgresql"]

    assert int(found["image"].split(":")[1].split("-")[0]) >= 18
    assert "postgresql-data:/var/lib/postgresql" in found["volumes"]


def test_temporals_tools_are_of_the_servers_version():
    found = compose.services()
    version = found["temporal"]["image"].split(":")[1]

    tools = {name: one["image"] for name, one in found.items() if "admin-tools" in one["image"]}

    assert tools == dict.fromkeys(
        ("temporal-schema", "temporal-namespace"), f"temporalio/admin-tools:{version}"
    )


def test_temporals_dynamic_configuration_is_where_the_server_looks_for_it():
    found = compose.services()["temporal"]
    path = found["environment"]["DYNAMIC_CONFIG_FILE_PATH"]
    (mount,) = found["volumes"]
    source, target, _ = mount.split(":")

    settings = yaml.safe_load((compose.ROOT / source / path.removeprefix(f"{target}/")).read_text())

    assert settings == {"limit.maxIDLength": [{"value": 255}]}
