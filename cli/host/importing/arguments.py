"""What the options of an import command say, put as a mapping."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer


@dataclass(frozen=True, slots=True)
class Given:
    """The options of a command for documents with lines, in one file or in two."""

    file: Path
    lines: Path | None
    maps: Sequence[str] | None
    line_maps: Sequence[str] | None
    sets: Sequence[str] | None
    skus_repeat: bool = False


def import_given(
    file: Path,
    sheets: dict[str, Any],
    formats: dict[str, Any],
    asked: tuple[Any, ...],
    *,
    strict: bool = False,
) -> None:
    """Import what a command was given, and end it with its exit code."""
    from cli.host.connection import opened_store
    from cli.telling import told
    from importing.mapping import build
    from importing.session import Asked, import_files

    mapping = build({"formats": formats, **sheets}, "options")
    chosen = replace(Asked(*asked), strict=strict)
    end(import_files(mapping, file.parent, chosen, opened_store, told))


def sheet(
    file: Path,
    maps: Sequence[str] | None,
    sets: Sequence[str] | None,
    encoding: str,
    delimiter: str | None,
) -> dict[str, Any]:
    """One file as one kind of row."""
    columns, constants = _pairs("--map", maps), _pairs("--set", sets)
    return {
        "file": file.name,
        "columns": columns,
        "constants": constants,
        "encoding": encoding,
        "delimiter": delimiter,
    }


def _pairs(option: str, given: Sequence[str] | None) -> dict[str, str]:
    from cli.errors import UsageError

    pairs = {}
    for pair in given or ():
        field, sign, rest = pair.partition("=")
        if not sign or not field or not rest:
            raise UsageError(f"{option} takes FIELD=..., not {pair!r}")
        pairs[field] = rest
    return pairs


def documents(given: Given, heads: str, encoding: str, delimiter: str | None) -> dict[str, Any]:
    """Documents and their lines, from two files or from one that holds both."""
    from importing.record_types import LINES_OF

    parts = LINES_OF[heads]
    columns = _split("--map", given.maps, heads, in_one_file=True)
    constants = _split("--set", given.sets, heads, in_one_file=given.lines is None)
    if given.lines is not None:
        columns = {heads: _pairs("--map", given.maps), parts: _pairs("--map-line", given.line_maps)}
    elif given.line_maps:
        columns[parts] |= _pairs("--map-line", given.line_maps)
    files = {heads: given.file, parts: given.lines or given.file}
    return {
        name: {
            "file": str(files[name].resolve()),
            "columns": columns[name],
            "constants": constants[name],
            "encoding": encoding,
            "delimiter": delimiter,
            "skus_repeat": given.skus_repeat and name == parts,
        }
        for name in (heads, parts)
    }


def _split(
    option: str, given: Sequence[str] | None, heads: str, *, in_one_file: bool
) -> dict[str, dict[str, str]]:
    """Options for documents and their lines: each kind takes the fields that it has."""
    found: dict[str, dict[str, str]] = {name: {} for name in _both(heads)}
    for field, value in _pairs(option, given).items():
        for name in _takers(option, field, heads, in_one_file=in_one_file):
            found[name][field] = value
    return found


def _both(heads: str) -> tuple[str, str]:
    from importing.record_types import LINES_OF

    return heads, LINES_OF[heads]


def _takers(option: str, field: str, heads: str, *, in_one_file: bool) -> list[str]:
    """The kinds that a field is for; the date of a row that holds a line is the line's."""
    from cli.errors import UsageError
    from importing.record_types import KINDS

    both = _both(heads)
    takers = [name for name in both if KINDS[name].reader_of(field)]
    if not takers:
        known = ", ".join(KINDS[name].known_fields for name in both)
        raise UsageError(f"{option}: there is no field {field!r}; there are: {known}")
    if field in KINDS[heads].left_to_lines:
        return takers[1:] if in_one_file else takers[:1]
    return takers


def end(refused: int) -> None:
    """End with the exit code that says whether a row was refused."""
    from cli.errors import ExitCode

    if refused:
        raise typer.Exit(ExitCode.FAILED)
