"""Names that orders can be looked for by in Temporal; on any cluster, not only an embedded one."""

from collections.abc import Mapping

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode


async def register_search_attributes(client: Client, types: Mapping[str, str]) -> None:
    """Add the search attributes that the client's namespace lacks: name to type ("Keyword").

    It may run on any cluster, any number of times, by several processes at once. Raises
    ValueError when a name is there with another type, and RPCError when it is not allowed.
    """
    wanted = {name: _indexed_type(kind) for name, kind in types.items()}
    known = await _known_search_attributes(client)
    if odd := sorted(name for name in wanted.keys() & known if known[name] != wanted[name]):
        msg = f"search attributes exist with another type: {', '.join(odd)}"
        raise ValueError(msg)
    for name in sorted(wanted.keys() - known):
        await _add_search_attribute(client, name, wanted[name])


async def _known_search_attributes(client: Client) -> dict[str, "IndexedValueType.ValueType"]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return dict(answer.custom_attributes)


async def _add_search_attribute(
    client: Client, name: str, kind: "IndexedValueType.ValueType"
) -> None:
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes={name: kind})
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        # Another process was quicker.
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


def _indexed_type(kind: str) -> "IndexedValueType.ValueType":
    """`KeywordList` to the wire's INDEXED_VALUE_TYPE_KEYWORD_LIST."""
    snake = "".join(f"_{letter}" if letter.isupper() else letter for letter in kind)
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE{snake.upper()}")
