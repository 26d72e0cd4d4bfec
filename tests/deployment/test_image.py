"""The Dockerfile, without building it."""

import json
import re
import shlex
import tomllib

from tests.deployment import compose


def pinned(lock: str) -> dict[str, str]:
    """Each package's whole entry: version, marker and hashes."""
    text = (compose.ROOT / lock).read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    return {entry.split("==")[0]: entry.strip() for entry in entries}


def project() -> dict[str, list[str]]:
    table = tomllib.loads((compose.ROOT / "pyproject.toml").read_text())
    found = table["project"]
    packages = table["tool"]["setuptools"]["packages"]["find"]["include"]
    return {
        "needed": [plain(one) for one in found["dependencies"]],
        "tools": [plain(one) for one in found["optional-dependencies"]["dev"]],
        "embedded": [plain(one) for one in found["optional-dependencies"]["embedded"]],
        "packages": [one.rstrip("*") for one in packages],
    }


def plain(requirement: str) -> str:
    """Its name alone."""
    return re.split(r"[^a-z0-9-]", requirement.lower())[0]


def copied() -> list[str]:
    """What is copied from the project into the build."""
    words = [shlex.split(rest) for word, rest in compose.instructions() if word == "COPY"]
    return [source for line in words if not line[0].startswith("--") for source in line[:-1]]


def test_the_runtime_lock_is_the_lock_without_tools_and_embedded_servers():
    everything, runtime = pinned("requirements.lock"), pinned("requirements-runtime.lock")
    needed = set(project()["needed"])

    assert {name: everything.get(name) for name in runtime} == runtime, "run `make lock`"
    assert runtime.keys() >= needed | {"setuptools"}
    # The Temporal client itself asks for types-protobuf.
    assert not runtime.keys() & set(project()["embedded"])
    assert not runtime.keys() & (set(project()["tools"]) - {"types-protobuf"})


def test_the_image_installs_only_what_the_lock_names_and_then_the_project():
    (packages, ours) = [
        rest for word, rest in compose.instructions() if word == "RUN" and " install " in rest
    ]

    assert "--require-hashes" in packages
    assert "--requirement requirements-runtime.lock" in packages
    assert "--no-deps --no-build-isolation ." in ours


def test_every_package_of_the_project_is_copied_and_nothing_else():
    expected = ["requirements-runtime.lock", "pyproject.toml", "README.md", "worker.py"]

    assert copied() == [*expected, *project()["packages"]]
    assert all((compose.ROOT / name).exists() for name in copied() if name != "README.md")


def test_only_what_is_copied_reaches_the_build():
    rules = [
        line
        for line in (compose.ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]

    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied())
    assert "**/.env*" in rules


def test_the_image_holds_no_secret():
    for _, rest in compose.instructions():
        assert not re.search(r"(?i)password|secret|api_key|token|://", rest)


def test_the_image_runs_the_api_as_nobody_and_stops_on_sigterm():
    assert compose.image_setting("ENTRYPOINT") == '["pegboard"]'
    assert json.loads(compose.image_setting("CMD")) == compose.services()["api"]["command"]
    assert compose.image_setting("STOPSIGNAL") == "SIGTERM"
    assert compose.image_environment()["PYTHONUNBUFFERED"] == "1"
    assert ["CMD", *compose.image_health_check()] == compose.services()["api"]["healthcheck"][
        "test"
    ]


def test_the_users_number_is_the_one_that_is_made():
    (made,) = [rest for word, rest in compose.instructions() if "useradd" in rest]
    uid, gid = compose.image_setting("USER").split(":")

    assert f"--uid {uid} " in made
    assert f"--gid {gid} " in made
