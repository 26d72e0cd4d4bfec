"""A mapping says which file is what, and which column gives which field."""

import tomllib
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from fulfillment.store.records.currencies import minor_digits
from importing.errors import UnfitFileError
from importing.record_types import KINDS, LINES_OF
from importing.values import Formats

Scalar = str | int | bool


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"there is no time zone {name!r}"
        raise ValueError(msg) from error
    return name


def _currency(code: str) -> str:
    if minor_digits(code) is None:
        msg = f"there is no currency {code!r} in ISO 4217"
        raise ValueError(msg)
    return code


Zone = Annotated[str, AfterValidator(_zone)]
Currency = Annotated[str, AfterValidator(_currency)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=63)]


class _Part(BaseModel):
    """A table of the mapping file: what it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MerchantPart(_Part):
    """Whose data it is; all but the id is used only when the merchant is created."""

    id: Slug
    name: str | None = None
    time_zone: Zone = "UTC"
    currency: Currency = "USD"


class LocationPart(_Part):
    """Where stock is and goods come to, unless a row says otherwise."""

    id: str = Field(min_length=1, max_length=63)
    name: str | None = None
    time_zone: Zone | None = None
    priority: int = 100


class FormatsPart(_Part):
    """How dates, numbers and money are written."""

    dates: tuple[str, ...] = ()
    decimal: str = Field(default=".", min_length=1, max_length=1)
    thousands: str = Field(default="", max_length=1)
    round_money: bool = False

    @model_validator(mode="before")
    @classmethod
    def _digits_follow_the_currency(cls, plain: dict[str, Any]) -> dict[str, Any]:
        if "money_digits" in plain:
            msg = (
                "money_digits is not taken: the digits of money follow its currency (ISO 4217);"
                " round_money = true rounds those that it does not have"
            )
            raise ValueError(msg)
        return plain

    @model_validator(mode="after")
    def _differ(self) -> "FormatsPart":
        if self.decimal == self.thousands:
            msg = "the decimal sign and the thousands separator are the same"
            raise ValueError(msg)
        return self

    def in_zone(self, zone: str) -> Formats:
        """The formats with the zone of times that name none."""
        return Formats(**self.model_dump(), zone=ZoneInfo(zone))


class Sheet(_Part):
    """One file as one kind of row.

    A field is a column, a constant, or a template of columns; a lookup says what its text means.
    `skus_repeat` says of lines that a SKU which is there twice in one document is meant twice.
    """

    file: str
    columns: dict[str, str] = {}
    constants: dict[str, Scalar] = {}
    templates: dict[str, str] = {}
    lookups: dict[str, dict[str, str]] = {}
    encoding: str = "utf-8-sig"
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    skip_zero: bool = False
    skus_repeat: bool = False

    @model_validator(mode="after")
    def _named_once(self) -> "Sheet":
        for template in self.templates.values():
            template_columns(template)
        named = [*self.columns, *self.constants, *self.templates]
        if unknown := sorted(set(self.lookups) - set(named)):
            msg = f"the lookup of {unknown[0]!r} is for a field that is not given"
            raise ValueError(msg)
        if twice := sorted({name for name in named if named.count(name) > 1}):
            msg = f"the field {twice[0]!r} is given twice"
            raise ValueError(msg)
        return self

    @property
    def given(self) -> dict[str, object]:
        """Every field that the mapping names."""
        return {**self.columns, **self.constants, **self.templates}


class Mapping(_Part):
    """A folder, or one file."""

    merchant: MerchantPart | None = None
    location: LocationPart | None = None
    formats: FormatsPart = FormatsPart()
    suppliers: Sheet | None = None
    products: Sheet | None = None
    stock: Sheet | None = None
    purchase_orders: Sheet | None = None
    purchase_order_lines: Sheet | None = None
    receipts: Sheet | None = None
    receipt_lines: Sheet | None = None
    orders: Sheet | None = None
    order_lines: Sheet | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Mapping":
        for kind in KINDS.values():
            sheet: Sheet | None = getattr(self, kind.name)
            for name in sheet.given if sheet else ():
                if kind.reader_of(name) is None:
                    msg = f"{kind.name} has no field {name!r}; it has: {kind.known_fields}"
                    raise ValueError(msg)
        for heads, parts in LINES_OF.items():
            if bool(getattr(self, heads)) != bool(getattr(self, parts)):
                msg = f"{heads} and {parts} are described together (also in one file)"
                raise ValueError(msg)
        return self

    @property
    def sheets(self) -> dict[str, Sheet]:
        """What is described, in the order in which it is imported."""
        return {name: sheet for name in KINDS if (sheet := getattr(self, name))}


def template_columns(template: str) -> list[str]:
    """The columns a template is made of: `PO-{supplier_id}` needs `supplier_id`."""
    parts = list(Formatter().parse(template))
    if any(name is not None and (not name or form or made) for _, name, form, made in parts):
        msg = f"the template {template!r} may hold {{column}} only"
        raise ValueError(msg)
    return [name for _, name, _, _ in parts if name]


def presets() -> list[str]:
    """The names of the mappings that come with Pegboard."""
    folder = resources.files("importing") / "presets"
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )


def load(name_or_file: str) -> Mapping:
    """A preset by its name, or a mapping file. UnfitFileError names what is wrong in it."""
    if name_or_file in presets():
        text = (resources.files("importing") / "presets" / f"{name_or_file}.toml").read_text()
        return parse(text, name_or_file)
    path = Path(name_or_file)
    try:
        return parse(path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise UnfitFileError(f"the mapping {path} is not UTF-8 text") from error
    except OSError as error:
        known = ", ".join(presets())
        msg = f"the mapping {name_or_file} can not be read ({error.strerror}); presets: {known}"
        raise UnfitFileError(msg) from error


def parse(text: str, name: str) -> Mapping:
    """A mapping from TOML."""
    try:
        return build(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as error:
        raise UnfitFileError(f"the mapping {name} is not TOML: {error}") from error


def build(plain: dict[str, Any], name: str) -> Mapping:
    """A mapping from plain data."""
    try:
        return Mapping.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        told = first["msg"].removeprefix("Value error, ")
        raise UnfitFileError(f"{name}: {where + ': ' if where else ''}{told}") from error
