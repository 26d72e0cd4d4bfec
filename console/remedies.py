"""Remedies as actions: each is asked for by the form of the action that it stands for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from console.form_values import written
from fulfillment.domain.insight.remedy import RemedyCode
from fulfillment.store.reading.views.explanations import TriedRemedy

Arguments = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AskedAs:
    """The action of an order that a remedy is, with what it is told."""

    order: str
    action: str
    values: Mapping[str, str]

    def address(self, home: str) -> str:
        """Where its preview is, and the button."""
        path = f"{home}/orders/{quote(self.order, safe='')}/{self.action}"
        return f"{path}?{urlencode({'look': '1', **self.values})}"


def _nothing(_: Arguments) -> dict[str, str]:
    return {}


def _lines(arguments: Arguments) -> dict[str, str]:
    rows = arguments.get("lines")
    listed = rows if isinstance(rows, list) else []
    return {"lines": ", ".join(f"{row['line']}:{row['units']}" for row in listed)}


def _settings(arguments: Arguments) -> dict[str, str]:
    knobs = arguments["set"]
    return {"set": written(knobs) if isinstance(knobs, dict) else ""}


FORMS: Mapping[RemedyCode, tuple[str, Callable[[Arguments], dict[str, str]]]] = {
    RemedyCode.LIFT_HOLD: ("unhold", _nothing),
    RemedyCode.VERIFY: ("verify", _nothing),
    RemedyCode.SHIP_AS_AVAILABLE: ("policy", _settings),
    RemedyCode.SPLIT_NOW: ("split", _nothing),
    RemedyCode.ALLOCATE: ("allocate", _nothing),
    RemedyCode.RESUME_ALLOCATION: ("resume_allocation", _nothing),
    RemedyCode.RAISE_PRIORITY: ("priority", lambda told: {"priority": str(told["priority"])}),
    RemedyCode.UNPIN: ("pins", lambda told: {"line": str(told["line"])}),
    RemedyCode.UNLOCK: ("lock", lambda _: {"location": ""}),
}


def asked_as(remedy: TriedRemedy) -> AskedAs | None:
    """The action that a remedy stands for; None for what is a document of supply."""
    if remedy.code is RemedyCode.CANCEL_SHORT:
        if remedy.arguments.get("lines"):
            return AskedAs(remedy.subject, "cancel", _lines(remedy.arguments))
        return AskedAs(remedy.subject, "remove_unavailable", {})
    if remedy.code not in FORMS:
        return None
    action, values = FORMS[remedy.code]
    return AskedAs(remedy.subject, action, values(remedy.arguments))
