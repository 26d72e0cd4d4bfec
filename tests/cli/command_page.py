"""The list of commands in docs/command-line.md, as the table has it; run, it is written there."""

import re
from pathlib import Path

from cli.client.commands import COMMANDS, GROUPS

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
MARKS = re.compile(r"(?<=<!-- commands -->\n).*?(?=<!-- end of commands -->)", re.DOTALL)


def listed() -> str:
    """The examples, by group, with what each command does."""
    return "".join(
        f"\n### `pegboard {group}`\n\n{says}\n\n| for example | does |\n|---|---|\n{_rows(group)}"
        for group, says in GROUPS.items()
    )


def _rows(group: str) -> str:
    ours = [one for one in COMMANDS if one.group == group]
    return "".join(f"| `pegboard {one.example}` | {one.says} |\n" for one in ours)


def written() -> str:
    """What the page has."""
    found = MARKS.search(PAGE.read_text(encoding="utf-8"))
    return found[0] if found else ""


if __name__ == "__main__":
    PAGE.write_text(MARKS.sub(lambda _: listed(), PAGE.read_text(encoding="utf-8")), "utf-8")
