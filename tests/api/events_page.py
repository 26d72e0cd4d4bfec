"""The list of types in docs/events.md, as the API describes them; run, it is written there."""

import json
import re
from pathlib import Path

from fulfillment.domain.insight.public_events import EventType
from starter.models.events import FACTS, WHAT

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
MARKS = re.compile(r"(?<=<!-- types -->\n).*?(?=<!-- end of types -->)", re.DOTALL)


def listed() -> str:
    """Each type with what it tells and the facts of an example."""
    rows = (f"| `{each}` | {WHAT[each]} | `{json.dumps(FACTS[each])}` |\n" for each in EventType)
    return f"\n| type | tells | `facts`, for example |\n|---|---|---|\n{''.join(rows)}\n"


def written() -> str:
    """What the page has."""
    found = MARKS.search(PAGE.read_text(encoding="utf-8"))
    return found[0] if found else ""


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKS.sub(lambda _: listed(), page), encoding="utf-8")
