"""How messages are written for the engine: pydantic's JSON, each type looked at once a process."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)


@cache
def _adapter(type_hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_hint)


class MessageJSON(PydanticJSONPlainPayloadConverter):
    """The library's own format.

    The library keeps the validators it builds with the converter, and every workflow has a
    converter of its own: each would build them again, which cost a worker a fifth of its time.
    """

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Read a payload as the type, or as plain data where none is named."""
        return _adapter(Any if type_hint is None else type_hint).validate_json(payload.data)


class MessageConverter(CompositePayloadConverter):
    """The usual converters, with ours for JSON.

    Where no types are named, what can not be read is handed on as it came. The library would drop
    a signal that it can not read, and what it said.
    """

    def __init__(self) -> None:
        """Take the library's list, its JSON replaced."""
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        json = MessageJSON()
        super().__init__(
            *(json if isinstance(each, JSONPlainPayloadConverter) else each for each in usual)
        )

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """Read payloads as these types, or as plain data."""
        if type_hints:
            return super().from_payloads(payloads, type_hints)
        return [value for payload in payloads for value in self._plain(payload)]

    def _plain(self, payload: Payload) -> list[Any]:
        try:
            return super().from_payloads([payload])
        except Exception:
            return [RawValue(payload)]


DATA_CONVERTER = DataConverter(payload_converter_class=MessageConverter)
