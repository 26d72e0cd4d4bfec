"""Packages that leave on different days, and what a cancel makes of packed goods, over HTTP."""

from typing import Any

from tests.documents.reading import text_of
from tests.scenarios.system import System
from tests.scenarios.test_policies import kinds


async def packed_in_two(system: System, **known: Any) -> tuple[str, str]:
    """An order of five and two, picked and packed; its number and its shipment's path."""
    system.locations("A")
    await system.products("K1", "K2")
    await system.stock("K1", "A", 5)
    await system.stock("K2", "A", 2)
    order = await system.order(("K1", 5), ("K2", 2), **known)
    (shipment,) = (await system.read(order))["shipments"]
    path = f"/v1/shipments/{shipment['id']}"
    await system.ok("POST", f"{path}/pick")
    first = [{"order_line": 1, "units": 3}]
    second = [{"order_line": 1, "units": 2}, {"order_line": 2, "units": 2}]
    await system.ok("POST", f"{path}/pack", {"packages": [{"lines": first}]})
    assert (await system.ok("GET", path))["status"] == "picked"
    await system.ok("POST", f"{path}/pack", {"packages": [{"lines": second}]})
    assert (await system.ok("GET", path))["status"] == "packed"
    return order, path


async def test_packages_leave_on_two_days_as_one_dispatch(system: System) -> None:
    order, path = await packed_in_two(system, policy={"max_shipments": 1})
    body = {"carrier": "Example Post", "packages": [{"number": 2, "tracking": "EP2"}]}
    await system.ok("POST", f"{path}/ship", body)
    known = await system.until_status(order, "partially_shipped")
    assert known["waves"] == {"spent": 1, "left": 0}
    assert [(row["ordered"], row["shipped"]) for row in known["lines"]] == [(5, 2), (2, 2)]
    assert await system.shipments(order) == [("packed", "A", 3), ("shipped", "A", 4)]
    assert await system.levels("K1") == {"A": (3, 3)}
    system.check()

    slip = await system.http.get(f"{path}/packing-slip.pdf")
    assert "package 1 of 2" in text_of(slip.content)
    await system.ok("POST", f"{path}/ship", {"packages": [{"number": 1}]})
    await system.until_ended(order)
    assert await system.status(order) == "shipped"
    assert await system.levels("K1") == {"A": (0, 0)}
    told = await kinds(system, order)
    assert [kind for kind in told if kind == "packages_shipped"] == ["packages_shipped"] * 2


async def test_the_rest_goes_by_itself_when_more_arrives_while_one_package_is_out(
    system: System,
) -> None:
    system.locations("A")
    await system.products("K1")
    await system.stock("K1", "A", 3)
    order = await system.order(("K1", 4), policy={"max_shipments": 2})
    (ready,) = [s for s in (await system.read(order))["shipments"] if s["status"] == "ready"]
    path = f"/v1/shipments/{ready['id']}"
    await system.ok("POST", f"{path}/pick")
    packages = [{"lines": [{"order_line": 1, "units": n}]} for n in (1, 2)]
    await system.ok("POST", f"{path}/pack", {"packages": packages})
    await system.ok("POST", f"{path}/ship", {"packages": [{"number": 1}]})
    await system.stock("K1", "A", 1)
    await system.until_order(order, lambda o: any(s["status"] == "ready" for s in o["shipments"]))
    await system.ok("POST", f"{path}/ship")
    await system.ship_all(order)
    await system.until_ended(order)
    assert {s["wave"] for s in (await system.read(order))["shipments"] if s["wave"]} == {1, 2}


async def test_packed_units_serve_the_next_when_their_order_is_cancelled(system: System) -> None:
    order, path = await packed_in_two(system)
    waiting = await system.order(("K1", 5))
    assert await system.status(waiting) == "awaiting_stock"
    await system.ok("POST", f"/v1/orders/{order}/cancel")
    await system.until_ended(order)
    assert await system.status(order) == "cancelled"
    assert {one["status"] for one in (await system.ok("GET", path))["packages"]} == {"void"}
    await system.until_status(waiting, "awaiting_pick_and_pack")
    gone = await system.http.post(f"{path}/ship")
    assert (gone.status_code, gone.json()["code"]) == (409, "step_not_allowed")


async def test_what_left_stays_shipped_when_the_rest_is_cancelled(system: System) -> None:
    order, path = await packed_in_two(system)
    await system.ok("POST", f"{path}/ship", {"packages": [{"number": 1}]})
    await system.ok("POST", f"/v1/orders/{order}/cancel")
    await system.until_ended(order)
    known = await system.read(order)
    assert known["status"] == "shipped"
    assert [(r["shipped"], r["cancelled"]) for r in known["lines"]] == [(3, 2), (0, 2)]
    assert await system.levels("K1") == {"A": (2, 0)}


async def test_nothing_packed_leaves_while_the_order_is_on_hold(system: System) -> None:
    order, path = await packed_in_two(system)
    await system.ok("POST", f"/v1/orders/{order}/hold", {"reason": "fraud"})
    held = await system.http.post(f"{path}/ship", json={"packages": [{"number": 1}]})
    assert (held.status_code, held.json()["code"]) == (409, "order_on_hold")
    await system.ok("POST", f"/v1/orders/{order}/unhold", {})
    await system.ok("POST", f"{path}/ship")
    await system.until_ended(order)


async def test_an_order_that_had_finished_goes_on_when_its_dispatch_is_voided(
    system: System,
) -> None:
    order, path = await packed_in_two(system)
    await system.ok("POST", f"{path}/ship", {"carrier": "Example Post", "tracking": "EP1"})
    await system.until_ended(order)
    fixed = {"tracking": "EP2", "reason": "A digit was wrong."}
    await system.ok("POST", f"{path}/correct-tracking", fixed)
    assert (await system.ok("GET", path))["tracking"] == "EP2"

    await system.ok("POST", f"{path}/void-dispatch", {"reason": "It is still at the door."})

    await system.until_running(order)
    assert await system.shipments(order) == [("packed", "A", 7)]
    assert await system.levels("K1") == {"A": (5, 5)}
    system.check()
    await system.ok("POST", f"{path}/ship")
    await system.until_ended(order)
    assert await system.status(order) == "shipped"
    told = [kind for kind in await kinds(system, order) if kind.startswith(("dispatch", "track"))]
    assert told == ["tracking_corrected", "dispatch_voided"]

    lost = {"lines": [{"line": 1, "units": 2}], "reason": "Lost by the carrier."}
    await system.ok("POST", f"{path}/replace", lost)
    await system.until_running(order)
    await system.stock("K1", "A", 2)
    await system.ship_all(order)
    await system.until_ended(order)
    system.check()
