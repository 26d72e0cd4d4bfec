"""`pegboard settings`: how orders are fulfilled where they do not say it themselves."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Grid, column, words
from cli.client.readers import Settings
from cli.client.table import Answer, Command, argument, arguments

SETTINGS = (column("setting"), column("value"), column("from"))
PRESETS = (column("preset"), words("sets"))
CHANGES = (column("at"), column("setting"), column("before"), column("after"), words("who"))


def settings(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """Every setting's value, and the scope that it comes from."""
    rows = [(knob, said(one["value"]), one["from"]) for knob, one in answer.items()]
    yield Grid("Settings", SETTINGS, rows)


def presets(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What each preset sets."""
    rows = [
        (one["name"], [f"{knob}={said(value)}" for knob, value in one["knobs"].items()])
        for one in answer["items"]
    ]
    yield Grid(f"{len(rows)} presets", PRESETS, rows)


def changes(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What was changed, and with whose key."""
    from cli.client.views import moment

    rows = [
        (
            moment(one["at"]),
            one["knob"],
            _set_to(one["before"]),
            _set_to(one["after"]),
            one["actor"],
        )
        for one in answer["items"]
    ]
    yield Grid(f"{len(rows)} changes", CHANGES, rows)


def said(value: object) -> str:
    """A value as it is written in `settings set`."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set_to(change: Mapping[str, object] | None) -> str:
    return said(change["value"]) if change else "not set"


COMMANDS = (
    Command(
        group="settings", verb="show", method="GET", path="/v1/settings",
        default_path="/v1/settings/default",
        says="Show the value of every setting, and where it comes from.",
        example="settings show --merchant acme", view=settings,
    ),
    Command(
        group="settings", verb="set", method="PATCH", path="/v1/settings",
        default_path="/v1/settings/default",
        says="Change settings; those not named stay as they are. `none` is no value.",
        example="settings set max_shipments=2 future_inventory=on", view=settings,
        parameters=(
            arguments("body", "SETTING=VALUE...", "`preset=NAME` sets several at once.",
                      Settings(), required=True),
        ),
    ),
    Command(
        group="settings", verb="unset", method="DELETE", path="/v1/settings/{name}",
        default_path="/v1/settings/default/{name}",
        says="Give a setting up: the default, or what is built in, counts again.",
        example="settings unset max_shipments", view=settings,
        parameters=(argument("path.name", "SETTING", "Its name."),),
    ),
    Command(
        group="settings", verb="presets", method="GET", path="/v1/settings/presets",
        merchant=False,
        says="List other systems' settings, which can be set by name.",
        example="settings presets", view=presets,
    ),
    Command(
        group="settings", verb="changes", method="GET", path="/v1/settings/changes",
        default_path="/v1/settings/default/changes", pages=True,
        says="List what was changed with whose key and when, the last change first.",
        example="settings changes --limit 10", view=changes,
    ),
)  # fmt: skip
