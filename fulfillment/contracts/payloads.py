"""How messages are written for the engine: pydantic's JSON, each type looked at once a process."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
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
    """The usual converters, with ours for JSON."""

    def __init__(self) -> None:
        """Take the library's list, its JSON replaced."""
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        json = MessageJSON()
        super().__init__(
            *(json if isinstance(each, JSONPlainPayloadConverter) else each for each in usual)
        )


DATA_CONVERTER = DataConverter(payload_converter_class=MessageConverter)
