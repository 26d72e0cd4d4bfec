"""Settings as they are answered, and health."""

from typing import Literal

from pydantic import BaseModel, RootModel

from starter.models.fields import Knobs, example
from starter.models.orders_out import KnobOut

Database = Literal["migrated", "not_migrated", "unreachable"]


class SettingsIn(RootModel[Knobs]):
    """Settings to change, by name; those not named stay as they are."""

    model_config = example(max_shipments=2, future_inventory=True)


class SettingsOut(RootModel[dict[str, KnobOut]]):
    """Every setting's effective value, and the scope it comes from."""

    model_config = example(max_shipments={"value": 2, "from": "merchant"})


class LiveOut(BaseModel):
    """The process answers."""

    model_config = example(status="live")

    status: Literal["live"] = "live"


class ReadyOut(BaseModel):
    """Whether orders can be taken. The engine may be away: orders are started when it is back."""

    model_config = example(status="ready", database="migrated", engine="reachable")

    status: Literal["ready", "not_ready"]
    database: Database
    engine: Literal["reachable", "unreachable"]
