"""What people do to an order by hand, over HTTP."""

from typing import Any

import pytest

from fulfillment.store.commands.administration.keys import Role
from tests.api.world import ACME, BOLT, order

HELD = {"auto_allocate": "never", "max_shipments": 1}


def taken(world, admin, number="SO-1", *lines, **more) -> None:
    """An order in, and its first claim made."""
    answer = admin.post("/v1/orders", json=order(number, *lines, **more))
    assert answer.status_code == 202, answer.text
    world.prepare(number)


def actions(admin, number="SO-1") -> list[str]:
    return list(admin.get(f"/v1/orders/{number}").json()["actions"]["allowed"])


def test_an_order_may_name_a_preset_with_settings_beside_it(world, admin):
    policy = {"preset": "cartoncloud.split_unless_due.always", "hold_if_due_within_days": 3}
    taken(world, admin, policy=policy)
    found = admin.get("/v1/orders/SO-1").json()["policy"]

    assert found["max_shipments"] == {"value": 2, "from": "order"}
    assert found["hold_if_due_within_days"] == {"value": 3, "from": "order"}
    assert found["auto_allocate_on"]["from"] == "built in"
    wrong = admin.post("/v1/orders", json=order("SO-2", policy={"preset": "nobody.knows"}))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_policy")
    assert wrong.json()["errors"][0]["field"] == "policy.preset"


def test_a_setting_of_an_order_has_one_error_when_its_kind_is_wrong(shared_admin):
    answer = shared_admin.post("/v1/orders", json=order(policy={"max_shipments": 1.5}))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["policy.max_shipments"]


def test_the_unit_moves_when_the_priority_changes(world, admin):
    world.stock("TEA", 1)
    taken(world, admin, "SO-1", ("TEA", 1), ("CUP", 1), policy={"max_shipments": 1})
    taken(world, admin, "SO-2", ("TEA", 1))
    path, asked = "/v1/orders/SO-2/priority", {"priority": 40, "note": "They called."}
    looked = admin.post(path, json=asked, params={"preview": True})
    assert looked.status_code == 200
    second, first = looked.json()["outcomes"]
    assert (second["order"], second["before"]["ready"], second["after"]["ready"]) == ("SO-2", 0, 1)
    assert (first["order"], first["after"]["backordered"]) == ("SO-1", 2)
    assert admin.get("/v1/orders/SO-2").json()["priority"] == 50
    done = admin.post(path, json=asked)

    assert (done.status_code, done.json()["priority"]) == (200, 40)
    assert done.json()["status"] == "awaiting_pick_and_pack"
    assert admin.get("/v1/orders/SO-1").json()["status"] == "awaiting_stock"
    history = admin.get("/v1/orders/SO-2/history").json()["items"]
    (event,) = [one for one in history if one["kind"] == "priority_changed"]
    assert event["reason"] == "They called."
    assert event["facts"] == {"from": 50, "to": 40}


def test_the_allocated_part_goes_when_the_policy_changes(world, admin):
    world.stock("TEA", 1)
    taken(world, admin, "SO-1", ("TEA", 3), policy={"max_shipments": 1})
    changed = admin.patch("/v1/orders/SO-1/policy", json={"set": {"max_shipments": 2}})
    assert changed.json()["status"] == "partially_backordered"
    admin.patch("/v1/orders/SO-1/policy", json={"unset": ["max_shipments"]})

    found = admin.get("/v1/orders/SO-1").json()
    assert found["policy"]["max_shipments"] == {"value": None, "from": "built in"}
    assert found["waves"] == {"spent": 1, "left": None}


def test_a_locked_order_is_assigned_but_not_allocated_when_it_waits(world, admin):
    world.stock("TEA", 2)
    taken(world, admin)
    locked = admin.post("/v1/orders/SO-1/lock", json={"location": "graz"})
    assert locked.json()["status"] == "awaiting_stock"
    (waiting,) = admin.get("/v1/orders/SO-1").json()["shipments"]
    assert (waiting["location"], waiting["assigned_location"]) == (None, "graz")
    assert waiting["lines"][0]["allocated"] == 0
    admin.post("/v1/orders/SO-1/lock", json={"location": None})

    (ready,) = admin.get("/v1/orders/SO-1").json()["shipments"]
    assert (ready["location"], ready["assigned_location"]) == ("vienna", None)


def test_units_are_given_back_and_taken_by_hand(world, admin):
    world.stock("TEA", 2)
    taken(world, admin)
    assert admin.post("/v1/orders/SO-1/unallocate").json()["waiting_units"] == 2
    assert admin.get("/v1/orders/SO-1").json()["lines"][0]["by_hand"]
    assert {"resume_allocation", "allocate", "back_to_ship"} <= set(actions(admin))
    answer = admin.post("/v1/orders/SO-1/allocate", json={"line": 1})
    assert answer.json()["taken"] == [{"line": 1, "sku": "TEA", "units": 2}]
    admin.post("/v1/orders/SO-1/mark-backordered", json={"line": 1})
    assert (
        admin.post("/v1/orders/SO-1/resume-allocation").json()["status"] == "awaiting_pick_and_pack"
    )


@pytest.mark.parametrize("policy", [{}, {"on_shortage": "assign_nothing"}])
def test_allocating_is_refused_as_told_while_what_came_is_still_given_out(world, admin, policy):
    taken(world, admin, "SO-1", ("TEA", 5))
    taken(world, admin, "SO-2", ("TEA", 2), policy=policy)
    line = {"line": 1, "sku": "TEA", "units": 3, "location": "vienna"}
    purchase = {"number": "PO-1", "status": "approved", "lines": [line]}
    receipt = {"number": "R-1", "location": "vienna", "lines": [{"line": 1, "units": 3}]}
    assert admin.post("/v1/purchase-orders", json=purchase).status_code == 201
    assert admin.post("/v1/purchase-orders/PO-1/receipts", json=receipt).status_code == 201
    refused = admin.get("/v1/orders/SO-2").json()["actions"]["refused"]
    (told,) = [one for one in refused if one["action"] == "allocate"]
    answer = admin.post("/v1/orders/SO-2/allocate").json()

    assert (answer["code"], answer["detail"]) == (told["code"], told["why"])
    assert told["code"] == "nothing_free"
    assert "allocate" in actions(admin, "SO-1")


def test_back_to_ship_tells_what_it_took_and_why_it_goes_no_further(world, admin):
    taken(world, admin, "SO-1", ("TEA", 5), policy=HELD)
    world.stock("TEA", 3)
    path = "/v1/orders/SO-1/back-to-ship"
    looked = admin.post(path, params={"preview": True}).json()["outcomes"]
    assert [one["after"]["allocated"] for one in looked] == [3]
    told = admin.post(path, json={"note": "now"}).json()

    assert told["taken"] == [{"line": 1, "sku": "TEA", "units": 3}]
    assert told["short"] == [{"line": 1, "sku": "TEA", "units": 2}]
    assert told["released"] == 0
    assert told["why_not_released"]["code"] == "all_or_nothing"


def test_what_is_allocated_is_split_off_and_what_is_not_is_removed(world, admin):
    world.stock("TEA", 2)
    for number in ("SO-1", "SO-2"):
        taken(world, admin, number, ("TEA", 1), ("CUP", 1), policy={"max_shipments": 1})
    split = admin.post("/v1/orders/SO-1/split")
    removed = admin.post("/v1/orders/SO-2/remove-unavailable")

    assert split.json()["status"] == "partially_backordered"
    assert removed.json()["status"] == "awaiting_pick_and_pack"
    assert admin.get("/v1/orders/SO-2").json()["lines"][1]["cancelled"] == 1


def test_lines_go_their_ways_when_a_person_prepares(world, admin):
    world.stock("TEA", 1)
    taken(world, admin, "SO-1", ("TEA", 1), ("CUP", 1), policy={"prepare": "manual"})
    assert not admin.get("/v1/orders/SO-1").json()["prepared"]
    lines = [
        {"line": 1, "channel": "pick", "location": "vienna"},
        {"line": 2, "channel": "drop_ship", "location": "graz"},
    ]
    done = admin.post("/v1/orders/SO-1/prepare", json={"lines": lines})
    assert (done.status_code, done.json()["status"]) == (200, "awaiting_pick_and_pack")

    found = admin.get("/v1/orders/SO-1").json()
    told = [(line["channel"], line["source_location"]) for line in found["lines"]]
    assert told == [("pick", "vienna"), ("drop_ship", "graz")]
    assert found["prepared"]
    again = admin.post("/v1/orders/SO-1/prepare", json={"lines": []})
    assert (again.status_code, again.json()["code"]) == (409, "already_prepared")


def test_a_ready_shipment_is_sent_back_by_the_warehouse(world, admin):
    world.stock("TEA", 1)
    taken(world, admin, "SO-1", ("TEA", 1), ("CUP", 1), policy={"max_shipments": 2})
    shipment = admin.get("/v1/orders/SO-1").json()["shipments"][1]
    assert "send_back" in shipment["actions"]["allowed"]
    path = f"/v1/shipments/{shipment['id']}/send-back"
    world.stock("CUP", 1)
    floor = world.client(Role.WAREHOUSE)
    looked = floor.post(path, params={"preview": True})
    assert (looked.status_code, looked.json()["outcomes"]) == (200, [])
    assert floor.post(path, json={"note": "Wrong box."}).status_code == 200
    floor.post(f"/v1/shipments/{shipment['id']}/pick")
    late = floor.post(path)

    assert (late.status_code, late.json()["code"]) == (409, "not_ready")
    assert floor.post("/v1/shipments/987654/send-back").status_code == 404
    assert world.client(Role.INTAKE).post(path).status_code == 403


def test_picking_is_refused_as_told_when_units_are_not_yet_received(world, admin):
    purchase = {
        "number": "PO-1", "expected_on": "2190-01-02", "status": "approved",
        "lines": [{"line": 1, "sku": "TEA", "units": 2, "location": "graz"}],
    }  # fmt: skip
    assert admin.post("/v1/purchase-orders", json=purchase).status_code == 201
    assert admin.post("/v1/purchase-orders/PO-1/status", json={"status": "arrived"}).is_success
    taken(world, admin, policy={"min_po_status": "arrived"})
    found = admin.get("/v1/orders/SO-1").json()
    (line,), (shipment,) = found["lines"], found["shipments"]
    counts = {n: line[n] for n in ("allocated", "not_yet_received", "pegged", "backordered")}
    assert counts == {"allocated": 0, "not_yet_received": 2, "pegged": 2, "backordered": 0}
    assert shipment["lines"][0]["not_yet_received"] == 2
    refused = {one["action"]: one for one in shipment["actions"]["refused"]}
    answer = admin.post(f"/v1/shipments/{shipment['id']}/pick").json()

    assert (answer["code"], answer["detail"]) == (refused["pick"]["code"], refused["pick"]["why"])
    assert answer["code"] == refused["start_picking"]["code"] == "not_yet_received"
    assert admin.get("/v1/orders", params={"ready": True}).json()["items"] == []


REFUSALS: dict[str, tuple[str, str, Any, int, str, str | None]] = {
    "nothing to split": ("POST", "split", None, 409, "nothing_allocated", None),
    "nothing to ship without": ("POST", "remove-unavailable", None, 409, "nothing_allocated", None),
    "nothing to give back": ("POST", "unallocate", None, 409, "nothing_allocated", None),
    "nothing is free": ("POST", "allocate", None, 409, "nothing_free", None),
    "not by hand": ("POST", "resume-allocation", {"line": 1}, 409, "not_by_hand", None),
    "prepared": ("POST", "prepare", {"lines": []}, 409, "already_prepared", None),
    "no such line": ("POST", "allocate", {"line": 9}, 422, "unknown_line", "line"),
    "no such line to mark": ("POST", "mark-backordered", {"line": 9}, 422, "unknown_line", "line"),
    "no such location": (
        "POST", "lock", {"location": "linz"}, 422, "unknown_location", "location",
    ),
    "no such setting": (
        "PATCH", "policy", {"set": {"speed": 1}}, 422, "bad_policy", "set.speed",
    ),
    "no such setting to give up": (
        "PATCH", "policy", {"unset": ["speed"]}, 422, "bad_policy", "unset[0]",
    ),
    "verified": ("POST", "verify", None, 409, "already_verified", None),
    "not held": ("POST", "unhold", None, 409, "not_held", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def waiting(shared, shared_admin):
    taken(shared, shared_admin, "W-1", ("CUP", 2))
    return shared_admin


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_the_same_whether_it_is_done_or_only_looked_at(waiting, name):
    method, path, sent, status, code, field = REFUSALS[name]
    answers = [
        waiting.request(method, f"/v1/orders/W-1/{path}", json=sent, params=params)
        for params in ({}, {"preview": "true"})
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        if field:
            assert answer.json()["errors"][0]["field"] == field
    assert answers[0].json() == answers[1].json()


BAD: dict[str, tuple[str, str, Any, str]] = {
    "priority too low": ("POST", "priority", {"priority": 101}, "priority"),
    "priority missing": ("POST", "priority", {}, "priority"),
    "lock without a word": ("POST", "lock", {}, "location"),
    "line as text": ("POST", "allocate", {"line": "1"}, "line"),
    "line missing": ("POST", "mark-backordered", {}, "line"),
    "channel unknown": (
        "POST", "prepare", {"lines": [{"line": 1, "channel": "drone"}]}, "lines[0].channel",
    ),
    "setting of a wrong kind": ("PATCH", "policy", {"set": {"max_shipments": []}},
                                "set.max_shipments"),
    "note with NUL": ("POST", "split", {"note": "\0"}, "note"),
    "unknown field": ("POST", "back-to-ship", {"all": True}, "all"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_named_when_it_is_sent(waiting, name):
    method, path, sent, field = BAD[name]
    answer = waiting.request(method, f"/v1/orders/W-1/{path}", json=sent)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


ALL: dict[str, Any] = {
    "priority": {"priority": 1}, "lock": {"location": None}, "allocate": None, "unallocate": None,
    "resume-allocation": None, "mark-backordered": {"line": 1}, "split": None,
    "remove-unavailable": None, "back-to-ship": None, "prepare": {"lines": []}, "verify": None,
    "hold": {"reason": "x"},
    "unhold": None, "cancel": None,
}  # fmt: skip


@pytest.mark.parametrize("preview", ["true", "false"])
def test_another_merchants_order_can_not_be_touched(shared, waiting, preview):
    bolt = shared.client(Role.ADMIN, BOLT)
    params = {"preview": preview}
    answers = [
        bolt.post(f"/v1/orders/W-1/{path}", json=sent, params=params) for path, sent in ALL.items()
    ]
    answers.append(bolt.patch("/v1/orders/W-1/policy", json={}, params=params))

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {"unknown_order"}


def test_only_those_who_write_orders_may_change_them(shared, waiting):
    floor = shared.client(Role.WAREHOUSE, ACME)
    answers = {path: floor.post(f"/v1/orders/W-1/{path}", json=sent) for path, sent in ALL.items()}
    # Who picks finds that something is not there, and says so.
    assert answers.pop("mark-backordered").status_code == 200

    assert {answer.status_code for answer in answers.values()} == {403}


def test_a_change_is_done_once_when_its_key_is_sent_again(world, admin):
    world.stock("TEA", 2)
    taken(world, admin)
    headers = {"Idempotency-Key": "k-1"}
    first = admin.post("/v1/orders/SO-1/unallocate", headers=headers)
    again = admin.post("/v1/orders/SO-1/unallocate", headers=headers)
    other = admin.post("/v1/orders/SO-1/unallocate", json={"line": 1}, headers=headers)

    assert (first.status_code, first.json()) == (200, again.json())
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_a_key_is_still_free_when_a_change_was_only_looked_at(world, admin):
    world.stock("TEA", 2)
    taken(world, admin)
    headers = {"Idempotency-Key": "k-1"}
    params = {"preview": True}
    looked = admin.post("/v1/orders/SO-1/unallocate", headers=headers, params=params)
    done = admin.post("/v1/orders/SO-1/unallocate", headers=headers)

    assert "outcomes" in looked.json()
    assert (done.status_code, done.json()["waiting_units"]) == (200, 2)


def test_cancelling_shows_who_gets_the_units_before_it_is_done(world, admin):
    world.stock("TEA", 2)
    taken(world, admin, "SO-1")
    taken(world, admin, "SO-2")
    looked = admin.post("/v1/orders/SO-1/cancel", params={"preview": True}).json()["outcomes"]

    told = {one["order"]: (one["before"]["status"], one["after"]["status"]) for one in looked}
    assert told == {
        "SO-1": ("awaiting_pick_and_pack", "cancelled"),
        "SO-2": ("awaiting_stock", "awaiting_pick_and_pack"),
    }
    assert "cancel" in actions(admin)
