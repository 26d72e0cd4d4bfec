import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from temporalio import activity

from activities import order_activities
from activities.order_activities import Fulfilling
from fulfillment.contracts import activities as stubs

Shape = tuple[list[tuple[str, Any]], Any]


def activities_of(owner: object) -> dict[str, Callable[..., Any]]:
    found = {}
    for _, value in inspect.getmembers(owner, callable):
        definition = activity._Definition.from_callable(value)
        if definition and definition.name:
            found[definition.name] = value
    return found


def shape(call: Callable[..., Any]) -> Shape:
    """Names and types of the arguments, and the result."""
    hints = get_type_hints(call)
    result = hints.pop("return")
    return list(hints.items()), result


def test_every_stub_has_an_implementation_of_the_same_name_and_types():
    promised, done = activities_of(stubs), activities_of(Fulfilling)

    assert set(done) == set(promised)
    assert {name: shape(call) for name, call in done.items()} == {
        name: shape(call) for name, call in promised.items()
    }


def test_every_stub_tells_that_it_is_one():
    for call in activities_of(stubs).values():
        assert "raise NotImplementedError" in inspect.getsource(call)


def test_every_implementation_is_registered():
    registered = inspect.getsource(order_activities.Fulfilling)

    assert [name for name in activities_of(stubs) if f"self.{name}" not in registered] == []
