"""What can be asked of many orders together: those actions that name no line of one of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote, unquote

from console.actions import ACTIONS, Action, Field
from console.entries import Values
from fulfillment.domain.actions.allowed import OrderAction as A
from fulfillment.domain.model.refusals import RefusedError, invalid, missing
from fulfillment.store.reading.views.together import SeenOrder

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


def known(name: str) -> Action:
    """The action of this name, or a refusal."""
    if name not in BY_NAME:
        raise missing("action of many orders", name)
    return BY_NAME[name]


def values_of(action: Action, sent: Values) -> dict[str, str]:
    """What the action was told, of all that was sent."""
    return {field.name: sent.get(field.name, "").strip() for field in action.fields}


def key_in(text: str) -> str:
    """The key of what was asked together, as an address has it."""
    if not KEY.fullmatch(text):
        raise invalid("bad_form", "open the page anew: its form is not whole", "key")
    return text


KEY = re.compile(r"[0-9a-f-]{36}")
PAIR = re.compile(r"([^:\s]+):([0-9]{1,9})")


def written(orders: Iterable[SeenOrder]) -> str:
    """Orders with their versions as one text, as a form carries them: `SO-1:4 A%2F7:9`."""
    return " ".join(f"{quote(one.number, safe='')}:{one.version}" for one in orders)


def seen(text: str) -> tuple[SeenOrder, ...]:
    """Orders as `written` wrote them, each once."""
    pairs = [PAIR.fullmatch(part) for part in text.split()]
    found = {unquote(pair[1]): int(pair[2]) for pair in pairs if pair}
    if not found or len(found) != len(pairs) or not all(map(str.isprintable, found)):
        raise invalid("bad_form", "open the page anew: its form is not whole", "orders")
    if len(found) > MOST_TOGETHER:
        raise too_many(len(found))
    return tuple(SeenOrder(number=number, version=version) for number, version in found.items())


def too_many(orders: int) -> RefusedError:
    """More than are changed together."""
    message = f"{MOST_TOGETHER} orders at most are changed together, not {orders}"
    return invalid("too_many_orders", message, "order")
