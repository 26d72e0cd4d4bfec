"""What a value must look like before anything else looks at it."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from fulfillment.domain.model.names import MOST_NUMBER, MOST_SKU, SLASH, as_written, fault_of

MOST_ITEMS = 500
"""Orders of one batch, products of one batch, lines of a purchase order or a transfer."""

NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f\x7f-\x9f]*$"
ONLY_LINE_BREAKS = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$"


def _with_slashes(value: Any) -> Any:
    return value.replace(SLASH, "/") if isinstance(value, str) else value


def _in_lines(value: Any) -> Any:
    """Text whose lines end in one way, whatever machine it was typed on."""
    if not isinstance(value, str):
        return value
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def named(most: int) -> AfterValidator:
    """A name as its shop writes it: of letters, digits and signs, up to so many characters."""

    def read(value: str) -> str:
        name = as_written(value)
        if fault := fault_of(name, most):
            raise PydanticCustomError("name", "{fault}", {"fault": f"the name {fault}"})
        return name

    return AfterValidator(read)


def _only_text(value: Any) -> Any:
    """A date is written as text: a bare number would be read as seconds since 1970."""
    if not isinstance(value, str) or not value[:4].isdecimal() or value[4:5] != "-":
        raise PydanticCustomError("date_format", "write a date as 2026-03-31")
    return value


def _only_a_day(value: Any) -> Any:
    """A day has no time, not even midnight: whose day it would be depends on the zone."""
    if isinstance(value, str) and len(value) != len("2026-03-31"):
        raise PydanticCustomError("date_format", "write a date as 2026-03-31")
    return value


def _in_range(value: Any) -> Any:
    if not 2000 <= value.year < 2200:  # noqa: PLR2004 -- the bounds are the rule
        raise PydanticCustomError("date_range", "a date lies between 2000 and 2199")
    return value


def _utc(value: datetime) -> datetime:
    """One instant has one form, so that the same order sent again is the same."""
    return value.astimezone(UTC)


def _as_one(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """One error for a value, not one for each kind that it might have been."""
    try:
        return read(value)
    except ValidationError:
        message = "a setting is a whole number, true, false, a word or null"
        raise PydanticCustomError("setting_value", message) from None


Number = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MOST_NUMBER), named(MOST_NUMBER)
]
PathNumber = Annotated[Number, BeforeValidator(_with_slashes)]
Sku = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_SKU), named(MOST_SKU)]
PathSku = Annotated[Sku, BeforeValidator(_with_slashes)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Location = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
PackName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,29}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{0,49}$")]

ShortText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=100, pattern=NO_CONTROL_CHARACTERS),
]
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=NO_CONTROL_CHARACTERS
    ),
]
LongText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500, pattern=ONLY_LINE_BREAKS),
    BeforeValidator(_in_lines),
]
"""Text that may have line breaks."""
Reason = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=500, pattern=ONLY_LINE_BREAKS
    ),
    BeforeValidator(_in_lines),
]
"""Why: text that may have line breaks, and is there."""

LineNumber = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
Units = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
UnitsOrNone = Annotated[StrictInt, Field(ge=0, le=1_000_000)]
UnitChange = Annotated[StrictInt, Field(ge=-100_000_000, le=100_000_000)]
Percent = Annotated[StrictInt, Field(ge=0, le=100)]
PackUnits = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
Minor = Annotated[StrictInt, Field(ge=0, le=1_000_000_000_000)]
Priority = Annotated[StrictInt, Field(ge=0, le=100)]
Revision = Annotated[StrictInt, Field(ge=1, le=2_000_000_000)]
Rowid = Annotated[int, Field(ge=1, le=2**63 - 1)]

Day = Annotated[
    date,
    BeforeValidator(_only_a_day),
    BeforeValidator(_only_text),
    AfterValidator(_in_range),
]
Instant = Annotated[
    AwareDatetime, BeforeValidator(_only_text), AfterValidator(_in_range), AfterValidator(_utc)
]

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]
"""A value of a setting, or the name of a preset."""

Setting = Annotated[StrictInt, Field(ge=-1_000_000, le=1_000_000)]
Value = Annotated[StrictBool | Setting | Word | None, WrapValidator(_as_one)]
Knob = bool | int | str | None
Knobs = Annotated[dict[Code, Value], Field(max_length=40)]
"""Settings by name; which there are, and what they take, is the policy's to say."""


class Request(BaseModel):
    """What a client sends: nothing that is not known is accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def example(**values: Any) -> ConfigDict:
    """A model's configuration with one example for the documentation."""
    return ConfigDict(json_schema_extra={"examples": [values]})
