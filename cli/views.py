"""Documents and lists of documents, as tables or as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def show_page(what: str, columns: Sequence[str], page: Any, *, as_json: bool) -> None:
    """One page of a list; `columns` are fields of its items."""
    from cli.output import console, plain, print_json, table

    items = [plain(item) for item in page.items]
    more = page.next_key is not None
    if as_json:
        print_json({what.replace(" ", "_"): items, "more": more})
        return
    rows = [[_cell(item[name]) for name in columns] for item in items]
    console.print(table(f"{len(rows)} {what}", titles(columns), rows))
    if more:
        console.print("and more: --limit shows them", style="dim")


def show_lines(
    head: str, columns: Sequence[str], lines: Iterable[Mapping[str, Any]], title: str = "Lines"
) -> None:
    """A sentence on a document, and its lines."""
    from rich.text import Text

    from cli.output import console, table

    console.print(Text(head))
    rows = [[_cell(line[name]) for name in columns] for line in lines]
    if rows:
        console.print(table(title, titles(columns), rows))


def titles(names: Iterable[str]) -> list[str]:
    """Fields as columns are titled."""
    return [name.replace("_", " ") for name in names]


def facts(found: Mapping[str, Any], **words: str) -> str:
    """What is known of a document, in a few words; what it has no value for is left out."""
    from cli.output import words as written

    told = [f"{word} {written(found[name])}".strip() for name, word in words.items() if found[name]]
    return ", ".join(told)


def _cell(value: object) -> object:
    """Units by word, and things of several fields, as a person writes them."""
    if isinstance(value, dict):
        return [f"{units} {word}" for word, units in value.items()]
    if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
        return [f"{one['sku']} ({one['units']})" for one in value]
    return value
