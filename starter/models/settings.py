"""Settings as they are sent and answered, and health."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from fulfillment.store.reading.views.orders import KnobView
from starter.models.fields import Knob, Knobs, example

Database = Literal["migrated", "not_migrated", "unreachable"]


class SettingsIn(RootModel[Knobs]):
    """Settings to change, by name; those not named stay as they are.

    `preset` stands for the settings of a preset; those named beside it go before it.
    """

    model_config = example(preset="shipstream.up_to", max_shipments=3)


class SettingsOut(RootModel[dict[str, KnobView]]):
    """Every setting's effective value, and the scope it comes from."""

    model_config = example(max_shipments={"value": 2, "from": "merchant"})


class PresetOut(BaseModel):
    """Another system's setting: what it sets here, and which of that is only a default."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    says: str = Field(description="What becomes of an order, in a sentence.")
    knobs: dict[str, Knob]
    needs: list[str] = Field(description="Settings whose value you may want to give yourself.")


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

    items: list[PresetOut]


class SetTo(BaseModel):
    """A value that was set; it may be null."""

    value: Knob


class SettingChangeOut(BaseModel):
    """One change of one setting."""

    id: int
    knob: str
    before: SetTo | None = Field(description="Null where it was not set.")
    after: SetTo | None = Field(description="Null where it is no longer set.")
    actor: str
    at: datetime


class SettingChangePage(BaseModel):
    """One page of changes, the last one first."""

    model_config = example(
        items=[{
            "id": 7, "knob": "max_shipments", "before": None, "after": {"value": 2},
            "actor": "shop (1f2e3d4c5b6a7988)", "at": "2026-03-01T08:30:00Z",
        }],
        next=None,
    )  # fmt: skip

    items: list[SettingChangeOut]
    next: str | None


class LiveOut(BaseModel):
    """The process answers."""

    model_config = example(status="live")

    status: Literal["live"] = "live"


class ReadyOut(BaseModel):
    """Whether orders can be taken. The engine may be away: orders are started when it is back."""

    model_config = example(status="ready", database="migrated", engine="reachable", relay="running")

    status: Literal["ready", "not_ready"]
    database: Database
    engine: Literal["reachable", "unreachable"]
    relay: Literal["running", "failing"] = Field(
        description="What carries messages to the engine from here; workers carry them, too."
    )
