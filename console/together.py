"""What can be asked of many orders together: those actions that name no line of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from console.actions import ACTIONS, Action, Field
from fulfillment.domain.actions.allowed import OrderAction as A

MOST_TOGETHER = 200
"""Orders that are changed together at most; each is a command of its own."""

OF_ONE_LINE = frozenset({A.PINS, A.MARK_BACKORDERED, A.QUANTITY})

OF_LINES = frozenset({"line", "lines"})
"""What names lines of one order; of many orders it is every line of each."""


def _fields(action: Action) -> tuple[Field, ...]:
    asked = (field for field in action.fields if field.name not in OF_LINES)
    return tuple(replace(f, kind="text") if f.kind == "hold" else f for f in asked)


TOGETHER: Sequence[Action] = tuple(
    replace(action, fields=_fields(action)) for action in ACTIONS if action.name not in OF_ONE_LINE
)
BY_NAME: Mapping[str, Action] = {str(action.name): action for action in TOGETHER}


@dataclass(frozen=True, slots=True)
class Seen:
    """One chosen order, of the version that the page showed."""

    number: str
    version: int
