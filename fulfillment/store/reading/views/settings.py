"""Settings as they are told: what holds, by whose word, and what was changed."""

from dataclasses import dataclass, field
from datetime import datetime

Knob = bool | int | str | None
"""What a setting may be."""


@dataclass(frozen=True, slots=True)
class KnobView:
    """The value of a setting and the scope that gives it: order, merchant, default, built in."""

    value: Knob
    """What holds."""
    scope: str = field(metadata={"serialization_alias": "from"})
    """Whose word it is."""


@dataclass(frozen=True, slots=True)
class SetTo:
    """A value that was set; it may be null."""

    value: Knob
    """What it was set to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One change of one setting."""

    id: int
    knob: str
    """The setting's name."""
    before: SetTo | None
    """Null where it was not set."""
    after: SetTo | None
    """Null where it is no longer set."""
    actor: str
    at: datetime
