"""What docker-compose.yml and the Dockerfile say, read as Docker reads them."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"
COMPOSE_FILE = ROOT / "docker-compose.yml"
ENV_EXAMPLE = ROOT / ".env.example"

OURS = ("migrate", "search-attributes", "worker", "api")
PASSWORDS = {
    "POSTGRES_PASSWORD": "superusers1",
    "POSTGRES_PEGBOARD_PASSWORD": "pegboards2",
    "POSTGRES_TEMPORAL_PASSWORD": "temporals3",
}

# ${NAME}, ${NAME:-default} and ${NAME:?words}, the forms that the file uses.
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


def text() -> str:
    return COMPOSE_FILE.read_text()


def raw() -> dict[str, Any]:
    """The file with its anchors merged and its variables left as they are."""
    found: dict[str, Any] = yaml.safe_load(text())
    return found


def resolved(environment: Mapping[str, str]) -> dict[str, Any]:
    """The file with its variables filled in; KeyError for a required one that is missing."""

    def fill(match: re.Match[str]) -> str:
        value = environment.get(match["name"], "")
        if value or match["kind"] == "?":
            return value or environment[match["name"]]
        return match["rest"] or ""

    found: dict[str, Any] = yaml.safe_load(VARIABLE.sub(fill, text()))
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = raw()["services"]
    return found


def is_one_shot(service: Mapping[str, Any]) -> bool:
    """Whether it is meant to end: it is started again only when it failed."""
    return str(service.get("restart", "")).startswith("on-failure")


def in_order(chosen: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The services' names, each after those it depends on."""
    done: list[str] = []

    def visit(name: str) -> None:
        for needed in chosen[name].get("depends_on", {}):
            if needed in chosen:
                visit(needed)
        if name not in done:
            done.append(name)

    for name in chosen:
        visit(name)
    return done


def instructions() -> Iterator[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments, in order."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def image_environment() -> dict[str, str]:
    """The variables that the image sets, those of the build stage left out."""
    final = list(instructions())
    start = max(at for at, (word, _) in enumerate(final) if word == "FROM")
    pairs = [pair for word, rest in final[start:] if word == "ENV" for pair in shlex.split(rest)]
    return dict(pair.split("=", 1) for pair in pairs)


def image_setting(word: str) -> str:
    """The last value of an instruction; for HEALTHCHECK, what follows its options."""
    return [rest for found, rest in instructions() if found == word][-1]


def image_health_check() -> list[str]:
    found: list[str] = json.loads(image_setting("HEALTHCHECK").partition("CMD ")[2])
    return found


def seconds(duration: str) -> float:
    """`20s` as a number."""
    assert duration.endswith("s")
    return float(duration.removesuffix("s"))
