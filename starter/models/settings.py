"""Settings as they are sent and answered, and health."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, Field, RootModel

from fulfillment.domain.actions.presets import Preset
from fulfillment.store.reading.views.settings import KnobView, SettingChange
from starter.models.fields import Knobs, example
from starter.models.paged import Paged

Database = Literal["migrated", "not_migrated", "unreachable"]


class SettingsIn(RootModel[Knobs]):
    """Settings to change, by name; those not named stay as they are.

    `preset` stands for the settings of a preset; those named beside it go before it.
    """

    model_config = example(preset="shipstream.up_to", max_shipments=3)


class SettingsOut(RootModel[dict[str, KnobView]]):
    """Every setting's effective value, and the scope it comes from."""

    model_config = example(max_shipments={"value": 2, "from": "merchant"})


class PresetsOut(BaseModel):
    """Every preset."""

    model_config = example(
        items=[{
            "name": "shipstream.up_to", "title": "ShipStream: up to some shipments",
            "says": "What is in stock leaves until one shipment is left, and the last one goes"
            " complete.",
            "knobs": {"max_shipments": 2}, "needs": ["max_shipments"],
        }],
    )  # fmt: skip

    items: list[Preset]
    """By name."""


class SettingChangePage(Paged[SettingChange]):
    """One page of changes, the last one first."""


EXAMPLES: Mapping[type, object] = {
    SettingChange: {
        "id": 7, "knob": "max_shipments", "before": None, "after": {"value": 2},
        "actor": "shop (1f2e3d4c5b6a7988)", "at": "2026-03-01T08:30:00Z",
    },
}  # fmt: skip


class LiveOut(BaseModel):
    """The process answers."""

    model_config = example(status="live")

    status: Literal["live"] = "live"
    """It is always the same."""


class ReadyOut(BaseModel):
    """Whether orders can be taken. The engine may be away: orders are started when it is back."""

    model_config = example(status="ready", database="migrated", engine="reachable", relay="running")

    status: Literal["ready", "not_ready"]
    """Whether orders can be taken."""
    database: Database
    """Whether it answers, and has the tables of this version."""
    engine: Literal["reachable", "unreachable"]
    """Whether Temporal answers."""
    relay: Literal["running", "failing"] = Field(
        description="What carries messages to the engine from here; workers carry them, too."
    )
