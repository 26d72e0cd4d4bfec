"""The rooms of the code and who imports whom, read from the imports and drawn as text.

`python -m tests.architecture.rooms` writes the pictures into docs/architecture.md anew.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = (
    "activities", "carriers", "cli", "console", "deliveries", "documents", "embedded",
    "fulfillment", "importing", "payments", "starter", "workflows",
)  # fmt: skip
DOMAIN = ("actions", "insight", "floor", "planning", "model")
STORE = (
    "integrity", "insight", "commands", "feed", "reading", "planning", "queue", "records",
    "sums", "archive",
    "transactions", "schema",
)  # fmt: skip
Arrows = Mapping[str, set[str]]


@cache
def imports() -> dict[str, frozenset[str]]:
    """What each module imports of ours."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return {
        name: frozenset(graph.find_modules_directly_imported_by(name)) for name in graph.modules
    }


def arrows(rooms: Iterable[str]) -> Arrows:
    """Room by room, the other rooms of these that it imports from; the most exact room counts."""
    known = sorted(rooms, key=len, reverse=True)

    def room_of(module: str) -> str | None:
        return next((room for room in known if f"{module}.".startswith(f"{room}.")), None)

    found: dict[str, set[str]] = {room: set() for room in known}
    for module, imported in imports().items():
        if (room := room_of(module)) is not None:
            found[room] |= {other for one in imported if (other := room_of(one))} - {room}
    return found


def houses() -> dict[str, str]:
    """The pictures by their names."""
    outer = [package for package in PACKAGES if package != "fulfillment"]
    outer += [f"fulfillment.{room}" for room in ("contracts", "domain", "relay", "store")]
    return {
        "rooms": _drawn(arrows(outer)),
        "domain": _drawn(arrows(f"fulfillment.domain.{floor}" for floor in DOMAIN)),
        "store": _drawn(arrows(f"fulfillment.store.{floor}" for floor in STORE)),
    }


def drawn_again(page: str) -> str:
    """The page with the pictures as they are now."""
    for name, picture in houses().items():
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        page = block.sub(lambda found, text=picture: f"{found[1]}{text}{found[2]}", page)  # type: ignore[misc]
    return page


def _drawn(found: Arrows) -> str:
    lines = [
        f"    {_short(room)} --> {' & '.join(sorted(map(_short, others)))}"
        for room, others in sorted(found.items())
        if others
    ]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def _short(room: str) -> str:
    return room.rpartition(".")[2]


if __name__ == "__main__":
    PAGE.write_text(drawn_again(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
