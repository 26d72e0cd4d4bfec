"""How what is written on the command line becomes a value of a request."""

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from cli.errors import UsageError

Label = str
"""How an option or an argument is named in what a person is told."""


class Reader(Protocol):
    """Reads what was written for one parameter; `kind` is what the shell's word is read as.

    Raises UsageError, naming the label, for what is not written as it should be.
    """

    @property
    def kind(self) -> type:
        """The type of one word."""
        ...

    def read(self, label: Label, written: Any, /) -> Any:
        """The value; `written` is a list where the parameter takes many."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Taken as it is; one of `choices` where there are some."""

    choices: tuple[str, ...] = ()
    kind: type = str

    def read(self, label: Label, written: Any) -> Any:
        """The text, or the list of texts."""
        for each in (
            written if isinstance(written, Sequence) and not _is_text(written) else [written]
        ):
            if self.choices and each not in self.choices:
                raise UsageError(f"{label} is one of {', '.join(self.choices)}, not {each!r}")
        return written


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between bounds, which the shell's word is checked for."""

    least: int | None = None
    most: int | None = None
    kind: type = int

    def read(self, _: Label, written: Any) -> Any:
        """The number."""
        return written


@dataclass(frozen=True, slots=True)
class Flag:
    """True where it is named."""

    kind: type = bool

    def read(self, _: Label, written: Any) -> Any:
        """True."""
        return written


@dataclass(frozen=True, slots=True)
class Switch:
    """True, false, or not said; `off` is how false is spelled."""

    off: str = ""
    kind: type = bool

    def read(self, _: Label, written: Any) -> Any:
        """What was said."""
        return written


@dataclass(frozen=True, slots=True)
class Day:
    """A date as 2026-03-31, or one of some words that stand for a value."""

    words: Mapping[str, str | None] | None = None
    kind: type = str

    def read(self, label: Label, written: Any) -> Any:
        """The date as ISO 8601."""
        if self.words and written in self.words:
            return self.words[written]
        try:
            return date.fromisoformat(written).isoformat()
        except ValueError:
            known = "".join(f" or {word}" for word in self.words or ())
            raise UsageError(f"{label} is a date as 2026-03-31{known}, not {written!r}") from None


@dataclass(frozen=True, slots=True)
class Rows:
    """Each word is an object: `form` names its fields, those in `whole` are numbers.

    `written` says how one is written. With `counted`, each gets its place, from 1, as that field.
    With `once`, no two have the same value there.
    """

    form: str
    written: str
    whole: tuple[str, ...] = ()
    counted: str = ""
    once: str = ""
    kind: type = str

    def read(self, label: Label, written: Any) -> Any:
        """The objects, in their order."""
        rows = [self._row(each) for each in written]
        if self.once and len({row[self.once] for row in rows}) < len(rows):
            raise UsageError(f"{label} names each {self.once} once")
        if self.counted:
            return [{self.counted: at} | row for at, row in enumerate(rows, 1)]
        return rows

    def _row(self, each: str) -> dict[str, object]:
        found = re.fullmatch(self.form, each)
        if found is None:
            raise UsageError(f"write {self.written}, not {each!r}")
        parts = {name: part for name, part in found.groupdict().items() if part is not None}
        return {name: int(part) if name in self.whole else part for name, part in parts.items()}


@dataclass(frozen=True, slots=True)
class Pairs:
    """NAME=VALUE words as one object; `known` are the names there are, where that is known."""

    written: str
    known: tuple[str, ...] = ()
    whole: bool = False
    kind: type = str

    def read(self, _: Label, written: Any) -> Any:
        """The object."""
        return dict(self._pair(each) for each in written)

    def _pair(self, each: str) -> tuple[str, object]:
        name, equals, value = each.partition("=")
        if not name or not equals or (self.known and name not in self.known):
            there_are = f"; there are {', '.join(self.known)}" if self.known else ""
            raise UsageError(f"write {self.written}, not {each!r}{there_are}")
        if self.whole and not re.fullmatch(r"-?\d{1,9}", value):
            raise UsageError(f"write {self.written} with a whole number, not {each!r}")
        return name, int(value) if self.whole else value


PLAIN = {"none": None, "null": None, "true": True, "false": False}
SWITCHES = frozenset({"future_inventory"})
"""Settings that are true or false; for the others `on` and `off` are words as any."""


@dataclass(frozen=True, slots=True)
class Settings:
    """SETTING=VALUE words as one object: `none`, numbers, true and false, words."""

    kind: type = str

    def read(self, _: Label, written: Any) -> Any:
        """The object."""
        return dict(self._setting(each) for each in written)

    def _setting(self, each: str) -> tuple[str, object]:
        knob, sign, value = each.partition("=")
        if not knob or not sign or not value:
            raise UsageError(f"write a setting as SETTING=VALUE, not {each!r}")
        if value in PLAIN:
            return knob, PLAIN[value]
        if value in ("on", "off") and knob in SWITCHES:
            return knob, value == "on"
        return knob, int(value) if re.fullmatch(r"-?\d{1,9}", value) else value


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A file of JSON, `-` being the standard input; `of` is the field its content is put in."""

    of: str = ""
    kind: type = str

    def read(self, label: Label, written: Any) -> Any:
        """What is in it."""
        try:
            text = sys.stdin.read() if written == "-" else Path(written).read_text(encoding="utf-8")
            found = json.loads(text, object_pairs_hook=_object)
        except OSError as error:
            raise UsageError(f"{label}: {written} can not be read: {error.strerror}") from None
        except ValueError as error:
            raise UsageError(f"{label}: {written} is not JSON: {error}") from None
        if self.of and isinstance(found, list):
            return {self.of: found}
        if not isinstance(found, dict):
            raise UsageError(f"{label}: {written} holds no object")
        return found


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of text, `-` being the standard input."""

    kind: type = str

    def read(self, label: Label, written: Any) -> Any:
        """What is in it."""
        try:
            return sys.stdin.read() if written == "-" else Path(written).read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{label}: {written} can not be read: {error.strerror}") from None
        except ValueError:
            raise UsageError(f"{label}: {written} is no text in UTF-8") from None


@dataclass(frozen=True, slots=True)
class BinaryFile:
    """A file as base64, as JSON carries it."""

    kind: type = str

    def read(self, label: Label, written: Any) -> Any:
        """Its content."""
        import base64

        try:
            return base64.b64encode(Path(written).read_bytes()).decode()
        except OSError as error:
            raise UsageError(f"{label}: {written} can not be read: {error.strerror}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, as the API reads it: a key that stands twice in it is a mistake."""
    counted = Counter(name for name, _ in pairs)
    if len(counted) < len(pairs):
        raise ValueError(f"{counted.most_common(1)[0][0]!r} stands twice in one object")
    return dict(pairs)


def _is_text(written: object) -> bool:
    return isinstance(written, str)
