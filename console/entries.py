"""What a form says, field by field: all that can not be meant is told at once, each by its field.

Forms are read in two steps: `check` asks every field by its reader, and refuses all that are wrong
together; then the command is made of what the same readers read.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from console.routing import STATUSES, sentence
from fulfillment.domain.model.refusals import RefusalKind, RefusedError

Values = Mapping[str, str]
Reader = Callable[[Values, str], object]

PARTS = re.compile(r"[.\[\]]+")
OF_A_LINE = re.compile(r"lines\[([0-9]+)\]")
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form is not taken: what is said of it as a whole, and of its fields by their names."""

    said: str | None = None
    fields: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    status: int = 200

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.said or self.fields)

    @property
    def first(self) -> str | None:
        """The field to begin with."""
        return next(iter(self.fields), None)


RIGHT = Wrong()
"""Nothing is wrong, as far as anybody knows."""


def check(values: Values, readers: Mapping[str, Reader]) -> None:
    """Refuse all fields together that can not be meant, in the order of the form."""
    faults: list[dict[str, object]] = []
    for name, read in readers.items():
        try:
            read(values, name)
        except RefusedError as error:
            faults.append({"field": name, "says": sentence(error)})
    if faults:
        raise RefusedError(RefusalKind.INVALID, "wrong_fields", str(faults[0]["says"]), faults)


def wrong(error: RefusedError, names: Collection[str], lines: Sequence[str] = ()) -> Wrong:
    """A refusal by the fields of a form; what names none of them is said of the whole form.

    `lines` are the fields that lines of a document were typed in, by the lines' places.
    """
    found: dict[str, str] = {}
    for fault in error.fields:
        if name := _name(str(fault.get("field", "")), names, lines):
            found.setdefault(name, str(fault.get("says", sentence(error))))
    said = None if found else sentence(error)
    return Wrong(said, found, STATUSES[error.kind])


def _name(path: str, names: Collection[str], lines: Sequence[str]) -> str | None:
    """The form's field that a command means by the path of one of its own."""
    if (at := OF_A_LINE.match(path)) and int(at[1]) < len(lines):
        return lines[int(at[1])]
    parts = PARTS.split(path)
    return next((one for one in (path, parts[0], parts[-1]) if one in names), None)
