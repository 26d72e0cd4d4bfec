"""The floor over HTTP: lists, short picks, staging and tasks, and who may do what where."""

from typing import Any

import httpx
import pytest

from fulfillment.store.commands.administration.keys import Role, create_key
from tests.api.world import ACME, BOLT, World, order

ALL_OR_NOTHING = {"max_shipments": 1}


def ordered(world: World, number: str, *lines: tuple[str, int], merchant: str = ACME,
            **more: Any) -> None:  # fmt: skip
    client = world.client(merchant=merchant)
    answer = client.post("/v1/orders", json=order(number, *lines, **more))
    assert answer.status_code == 202, answer.text
    world.prepare(number, merchant)


def take(client: httpx.Client, location: str = "vienna", **body: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/locations/{location}/pick-lists", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/pick-lists/{answer.json()['id']}"
    return dict(answer.json())


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def picker(world: World) -> httpx.Client:
    return world.client(Role.WAREHOUSE)


def test_a_list_is_walked_to_its_end_when_a_picker_takes_it(world, picker):
    world.stock("TEA", 5)
    ordered(world, "SO-1", ("TEA", 3))
    ordered(world, "SO-2", ("TEA", 2))
    taken = take(picker)
    (walk,) = taken["walk"]
    assert (walk["sku"], walk["name"], walk["units"], taken["picker"]) == (
        "TEA", "Tea", 5, "warehouse test",
    )  # fmt: skip
    assert [(one["order"], one["units"]) for one in walk["sort"]] == [("SO-1", 3), ("SO-2", 2)]

    path = f"/v1/pick-lists/{taken['id']}"
    line = {"shipment": walk["sort"][0]["shipment"], "order_line": 1, "units": 2}
    part = picker.post(f"{path}/confirm", json={"lines": [line]}).json()
    assert part["walk"][0]["left"] == 3
    assert picker.post(f"{path}/unpick", json={"all": True}).json()["walk"][0]["left"] == 5
    done = picker.post(f"{path}/confirm", json={"all": True}).json()
    assert (done["status"], picker.get(path).json()) == ("done", done)
    assert [one["status"] for one in done["shipments"]] == ["picked", "picked"]
    (listed,) = picker.get("/v1/pick-lists?location=vienna&status=done").json()["items"]
    assert (listed["orders"], listed["units"], listed["picked"]) == (2, 5, 5)
    assert picker.get("/v1/pick-lists?status=picking").json()["items"] == []


def test_a_list_is_answered_again_when_its_key_comes_again(world, picker):
    world.stock("TEA", 5)
    ordered(world, "SO-1", ("TEA", 3))
    path, headers = "/v1/locations/vienna/pick-lists", {"Idempotency-Key": "k-1"}
    first = picker.post(path, headers=headers)
    again = picker.post(path, headers=headers)

    assert first.json() == again.json()
    assert told(picker.post(path)) == (409, "nothing_to_pick")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/locations/nowhere/pick-lists", {}, "unknown_location"),
        ("/v1/locations/vienna/pick-lists", {"merchants": []}, "no_merchant"),
        ("/v1/locations/vienna/pick-lists", {"most_shipments": 0}, "invalid_request"),
        ("/v1/pick-lists/1/confirm", {}, "invalid_request"),
        ("/v1/pick-lists/1/confirm", {"all": True, "lines": [
            {"shipment": 1, "order_line": 1, "units": 1}]}, "invalid_request"),
        ("/v1/pick-lists/1/short", {"shipment": 1, "order_line": 1, "found": 0},
         "invalid_request"),
        ("/v1/orders/SO-1/stage", {"location": "vienna"}, "invalid_request"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_when_it_is_sent(shared, path, body, code):
    answer = shared.client(Role.WAREHOUSE).post(path, json=body)
    assert answer.status_code == 422
    if code != "invalid_request":
        assert answer.json()["code"] == code


def test_what_is_not_there_is_not_found(shared):
    client = shared.client(Role.WAREHOUSE)
    assert told(client.get("/v1/pick-lists/99")) == (404, "unknown_pick_list")
    for deed in ("confirm", "unpick"):
        answer = client.post(f"/v1/pick-lists/99/{deed}", json={"all": True})
        assert told(answer) == (404, "unknown_pick_list")
    assert told(client.post("/v1/pick-lists/99/give-up")) == (404, "unknown_pick_list")
    assert told(client.post("/v1/tasks/99/done")) == (404, "unknown_task")
    stage = {"location": "vienna", "all": True}
    assert told(client.post("/v1/orders/SO-99/stage", json=stage)) == (404, "unknown_order")


def test_nothing_of_another_merchant_is_seen_or_worked_when_the_key_is_bound(world, picker):
    world.stock("TEA", 5)
    ordered(world, "SO-1", ("TEA", 3))
    taken = take(picker)
    theirs = world.client(Role.WAREHOUSE, BOLT)
    path = f"/v1/pick-lists/{taken['id']}"

    assert told(theirs.get(path)) == (404, "unknown_pick_list")
    assert told(theirs.post(f"{path}/confirm", json={"all": True})) == (404, "unknown_pick_list")
    assert theirs.get("/v1/pick-lists").json()["items"] == []
    body = {"merchants": [ACME]}
    assert told(theirs.post("/v1/locations/vienna/pick-lists", json=body)) == (
        404, "unknown_merchant",
    )  # fmt: skip


def test_work_of_all_merchants_is_on_one_list_when_the_key_is_for_all(world, picker):
    world.stock("TEA", 5)
    world.stock("TEA", 4, merchant=BOLT)
    ordered(world, "SO-1", ("TEA", 3))
    ordered(world, "SO-1", ("TEA", 4), merchant=BOLT)
    everybody = world.client(Role.WAREHOUSE, None)
    taken = take(everybody, picker="Pia")
    assert [(walk["merchant"], walk["units"]) for walk in taken["walk"]] == [(ACME, 3), (BOLT, 4)]

    path = f"/v1/pick-lists/{taken['id']}"
    assert [walk["merchant"] for walk in picker.get(path).json()["walk"]] == [ACME]
    shipment = taken["walk"][1]["sort"][0]["shipment"]
    short = {"shipment": shipment, "order_line": 1, "found": 1, "reason": "broken"}
    assert told(picker.post(f"{path}/short", json=short)) == (404, "unknown_shipment")
    assert everybody.post(f"{path}/short", json=short).json()["short"] == 3
    assert everybody.post(f"{path}/confirm", json={"all": True}).json()["status"] == "done"
    (task,) = world.client(Role.WAREHOUSE, BOLT).get("/v1/tasks").json()["items"]
    assert (task["kind"], task["units"], task["order"]) == ("count", 3, "SO-1")
    assert picker.get("/v1/tasks").json()["items"] == []


def test_a_key_works_at_its_own_locations_alone_when_it_is_bound_to_some(world, picker):
    world.stock("TEA", 5)
    ordered(world, "SO-1", ("TEA", 3))
    ordered(world, "SO-2", ("TEA", 9), policy=ALL_OR_NOTHING)
    key = create_key(world.store, "graz", Role.WAREHOUSE, ACME, ["graz"])
    away = httpx.Client(base_url=world.url, headers={"Authorization": f"Bearer {key}"})
    world.clients.append(away)
    elsewhere = (403, "other_location")
    assert told(away.post("/v1/locations/vienna/pick-lists")) == elsewhere
    taken = take(picker)
    path = f"/v1/pick-lists/{taken['id']}"
    line = {"shipment": taken["walk"][0]["sort"][0]["shipment"], "order_line": 1}
    for deed, body in (
        ("confirm", {"all": True}),
        ("unpick", {"all": True}),
        ("give-up", None),
        ("short", line | {"found": 1, "reason": "x"}),
    ):
        assert told(away.post(f"{path}/{deed}", json=body)) == elsewhere, deed
    assert told(away.get(path)) == elsewhere
    assert away.get("/v1/pick-lists").json()["items"] == []
    for deed in ("stage", "unstage"):
        body = {"location": "vienna", "all": True}
        assert told(away.post(f"/v1/orders/SO-2/{deed}", json=body)) == elsewhere
    picker.post(f"{path}/short", json=line | {"found": 1, "reason": "x"})
    (task,) = picker.get("/v1/tasks").json()["items"]
    assert told(away.post(f"/v1/tasks/{task['id']}/done")) == elsewhere
    assert away.get("/v1/tasks").json()["items"] == []
    assert told(away.get("/v1/tasks?location=vienna")) == elsewhere
    assert told(away.get("/v1/staging?location=vienna")) == elsewhere
    assert away.get("/v1/staging").json()["items"] == []


def test_a_task_is_done_once(world, picker):
    world.stock("TEA", 5)
    ordered(world, "SO-1", ("TEA", 5))
    taken = take(picker)
    short = {"shipment": taken["walk"][0]["sort"][0]["shipment"], "order_line": 1, "found": 3,
             "reason": "Two were broken."}  # fmt: skip
    assert picker.post(f"/v1/pick-lists/{taken['id']}/short", json=short).status_code == 200
    (task,) = picker.get("/v1/tasks?location=vienna&kind=count").json()["items"]
    assert (task["sku"], task["units"], task["order"], task["reason"]) == (
        "TEA", 2, "SO-1", "Two were broken.",
    )  # fmt: skip
    assert picker.get("/v1/tasks?kind=put_back").json()["items"] == []

    assert picker.post(f"/v1/tasks/{task['id']}/done").json()["done_at"]
    assert told(picker.post(f"/v1/tasks/{task['id']}/done")) == (409, "task_done")
    assert picker.get("/v1/tasks").json()["items"] == []


def test_what_waits_is_staged_shown_and_released_again(world, picker):
    world.stock("TEA", 3)
    ordered(world, "SO-1", ("TEA", 5), policy=ALL_OR_NOTHING)
    (group,) = picker.get("/v1/staging/suggestions?location=vienna").json()["items"]
    assert (group["waits_for"], group["order_count"], group["units"]) == ("TEA", 1, 3)

    body = {"location": "vienna", "container": "BIN-1", "lines": [{"line": 1, "units": 2}]}
    staged = picker.post("/v1/orders/SO-1/stage", json=body).json()
    assert (staged["container"], staged["status"]) == ("BIN-1", "awaiting_stock")
    (shown,) = picker.get("/v1/staging?location=vienna").json()["items"]
    assert (shown["label"], shown["order"], shown["waits_for"]) == (
        "BIN-1", "SO-1", [{"sku": "TEA", "units": 2}],
    )  # fmt: skip
    again = {"location": "vienna", "all": True}
    preview = picker.post("/v1/orders/SO-1/unstage?preview=true", json=again)
    assert preview.json()["outcomes"] == []
    assert picker.post("/v1/orders/SO-1/unstage", json=again).status_code == 200
    assert picker.get("/v1/staging").json()["items"] == []
    assert told(picker.post("/v1/orders/SO-1/unstage", json=again)) == (409, "nothing_staged")


def test_the_history_tells_who_did_what_and_why(world, picker):
    world.stock("TEA", 3)
    ordered(world, "SO-1", ("TEA", 5), policy=ALL_OR_NOTHING)
    body = {"location": "vienna", "all": True, "note": "room on the shelf"}
    picker.post("/v1/orders/SO-1/stage", json=body)
    picker.post("/v1/orders/SO-1/unstage", json=body)
    history = world.client().get("/v1/orders/SO-1/history").json()["items"]

    mine = [one for one in history if one["kind"] in ("staged", "unstaged")]
    assert {one["kind"] for one in mine} == {"staged", "unstaged"}
    assert {one["reason"] for one in mine} == {"room on the shelf"}
    assert all(one["actor"].startswith("warehouse test") for one in mine)
