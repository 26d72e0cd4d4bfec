"""Settings are changed once, noted, and planned by."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fulfillment.domain.model.policy import KNOBS
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.administration import settings
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.settings import BY_TIME, effective_settings, list_changes
from fulfillment.store.transactions.session import Command
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse, command

ALL = "*"
OTHER = "bolt"


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """Two merchants, to whom nothing is owed."""
    catalogue.put_merchant(warehouse.store, catalogue.NewMerchant(OTHER, "Bolt"))
    return warehouse


def change(
    shop: Warehouse,
    knobs: Mapping[str, object],
    *unset: str,
    scope: str = MERCHANT,
    key: str | None = None,
) -> dict[str, Any]:
    content = {"knobs": knobs, "unset": unset}
    asked = Command(scope, "change_settings", key or command("x").key, "tester", content)
    return settings.change_settings(shop.store, asked, knobs, unset)


def effective(shop: Warehouse, scope: str = MERCHANT) -> dict[str, tuple[object, str]]:
    """What some scope says otherwise than what is built in."""
    found = shop.store.read(scope, effective_settings)
    assert set(found) == set(KNOBS)
    return {knob: (one.value, one.scope) for knob, one in found.items() if one.scope != "built in"}


def changes(shop: Warehouse, scope: str = MERCHANT) -> list[tuple[object, ...]]:
    """Knob, before and after of each change, the last one first."""
    page = shop.store.read(scope, lambda tx: list_changes(tx, Window(100)))
    return [(item.knob, plain(item.before), plain(item.after)) for item in page.items]


def due(shop: Warehouse) -> set[str]:
    """The merchants that are to be planned again, which the engine is told as well."""
    marked = {row.id for row in shop.rows("SELECT id FROM merchant WHERE replan_due")}
    owed = {row.subject for row in shop.rows("SELECT subject FROM outbox WHERE kind = 'replan'")}
    assert marked == owed
    return marked


def planned(shop: Warehouse) -> None:
    """What a re-plan does last."""
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE merchant SET replan_due = false")
        connection.exec_driver_sql("DELETE FROM outbox WHERE kind = 'replan'")


def refused(
    shop: Warehouse, knobs: Mapping[str, object], *unset: str, scope: str = MERCHANT
) -> str:
    """The code of the refusal and the field it names; nothing was written."""
    before = effective(shop), effective(shop, ALL), shop.one("SELECT count(*) FROM command")
    with pytest.raises(RefusedError) as refusal:
        change(shop, knobs, *unset, scope=scope)
    after = effective(shop), effective(shop, ALL), shop.one("SELECT count(*) FROM command")
    assert after == before
    fields = [str(one["field"]) for one in refusal.value.fields]
    return " ".join([refusal.value.code, *fields])


def test_the_scope_is_told_when_a_value_is_read(shop):
    change(shop, {"max_shipments": 3, "verify": "manual"}, scope=ALL)
    change(shop, {"max_shipments": 2})

    assert effective(shop) == {"max_shipments": (2, "merchant"), "verify": ("manual", "default")}
    assert effective(shop, OTHER) == {
        "max_shipments": (3, "default"),
        "verify": ("manual", "default"),
    }
    assert effective(shop, ALL) == effective(shop, OTHER)


def test_the_answer_is_what_is_read_afterwards(shop):
    answer = change(shop, {"max_shipments": None, "rebalance": "unpicked"})

    assert answer == shop.store.read(MERCHANT, effective_settings)


def test_the_wider_scope_counts_again_when_a_knob_is_given_up(shop):
    change(shop, {"max_shipments": 3}, scope=ALL)
    change(shop, {"max_shipments": None, "verify": "manual"})
    change(shop, {"routing": "location_priority"}, "max_shipments", "verify")

    assert effective(shop) == {
        "max_shipments": (3, "default"),
        "routing": ("location_priority", "merchant"),
    }
    change(shop, {}, "max_shipments", scope=ALL)
    assert effective(shop, ALL) == {}


def test_every_change_is_noted_with_what_was_before(shop):
    change(shop, {"max_shipments": None})
    change(shop, {"max_shipments": 2})
    change(shop, {}, "max_shipments")

    assert changes(shop) == [
        ("max_shipments", {"value": 2}, None),
        ("max_shipments", {"value": None}, {"value": 2}),
        ("max_shipments", None, {"value": None}),
    ]
    rows = shop.rows("SELECT DISTINCT changed_by, changed_at FROM setting_change")
    assert [tuple(row) for row in rows] == [("tester", shop.clock.now)]
    assert changes(shop, ALL) == []


def test_changes_are_read_page_by_page_when_there_are_many(shop):
    for units in (1, 2, 3):
        change(shop, {"max_shipments": units})
    first = shop.store.read(MERCHANT, lambda tx: list_changes(tx, Window(2)))
    second = shop.store.read(MERCHANT, lambda tx: list_changes(tx, Window(2, first.next_key)))

    assert [item.after and item.after.value for item in first.items + second.items] == [3, 2, 1]
    assert second.next_key is None
    assert BY_TIME.descending


@pytest.mark.parametrize(
    ("knobs", "unset"),
    [
        ({}, ()),
        ({"max_shipments": 2}, ()),
        ({"max_shipments": 2}, ("verify",)),
        ({"preset": "shipstream.up_to"}, ()),
    ],
)
def test_nothing_is_noted_or_owed_when_nothing_changes(shop, knobs, unset):
    change(shop, {"max_shipments": 2})
    planned(shop)
    change(shop, knobs, *unset)

    assert len(changes(shop)) == 1
    assert due(shop) == set()


@pytest.mark.parametrize(
    ("knobs", "unset"),
    [
        ({"max_shipments": 3}, ()),
        ({"max_shipments": None}, ()),
        ({"verify": "automatic"}, ()),
        ({}, ("max_shipments",)),
    ],
)
def test_a_replan_is_owed_to_the_merchant_when_its_settings_change(shop, knobs, unset):
    change(shop, {"max_shipments": 2})
    planned(shop)
    change(shop, knobs, *unset)

    assert due(shop) == {MERCHANT}


def test_a_replan_is_owed_to_every_merchant_when_a_default_changes(shop):
    change(shop, {"max_shipments": 2}, scope=ALL)
    assert due(shop) == {MERCHANT, OTHER}

    planned(shop)
    change(shop, {"max_shipments": 2}, scope=ALL)
    assert due(shop) == set()
    change(shop, {}, "max_shipments", scope=ALL)
    assert due(shop) == {MERCHANT, OTHER}


def test_the_change_is_done_once_when_its_key_comes_again(shop):
    first = change(shop, {"max_shipments": 2}, key="k")
    change(shop, {"max_shipments": 3})
    planned(shop)

    assert change(shop, {"max_shipments": 2}, key="k") == first
    assert effective(shop)["max_shipments"] == (3, "merchant")
    assert due(shop) == set()
    with pytest.raises(RefusedError) as refusal:
        change(shop, {"max_shipments": 4}, key="k")
    assert refusal.value.code == "key_reused"


def test_the_change_is_noted_once_when_two_send_it_at_once(shop):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: change(shop, {"max_shipments": 2}), range(8)))

    assert changes(shop) == [("max_shipments", None, {"value": 2})]


def test_combinations_are_checked_one_after_the_other_when_changes_meet(shop):
    change(shop, {"auto_allocate_within_days": 7})

    def attempt(knobs: dict[str, object], *unset: str) -> str:
        try:
            change(shop, knobs, *unset)
        except RefusedError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(attempt, {"auto_allocate": "due_within"})
        other = pool.submit(attempt, {}, "auto_allocate_within_days")
        assert sorted([one.result(), other.result()]) == ["bad_policy", "done"]


def test_a_preset_sets_its_knobs_and_those_beside_it_go_first(shop):
    change(shop, {"preset": "cartoncloud.split_unless_due.due_within", "max_shipments": 5})

    assert {knob: value for knob, (value, _) in effective(shop).items()} == {
        "max_shipments": 5,
        "hold_if_due_within_days": 7,
        "on_shortage": "wait",
        "auto_allocate": "due_within",
        "auto_allocate_within_days": 7,
        "auto_allocate_on": "po_status",
        "rebalance": "off",
    }
    assert shop.one("SELECT count(*) FROM setting WHERE knob = 'preset'") == 0


@pytest.mark.parametrize(
    ("knobs", "unset", "told"),
    [
        ({"max_shipments": 0}, (), "bad_policy max_shipments"),
        ({"colour": 1}, (), "bad_policy colour"),
        ({"preset": "kibo"}, (), "bad_policy preset"),
        ({"max_shipments": 2}, ("max_shipments",), "bad_policy max_shipments"),
        ({}, ("colour",), "unknown_setting"),
        (
            {"max_shipments": 1, "hold_if_due_within_days": 1},
            (),
            "bad_policy hold_if_due_within_days",
        ),
        ({"auto_allocate": "due_within"}, (), "bad_policy auto_allocate_within_days"),
    ],
)
def test_the_field_is_named_when_a_change_can_not_be_made(shop, knobs, unset, told):
    assert refused(shop, knobs, *unset) == told


def test_days_can_not_be_taken_away_when_allocation_depends_on_them(shop):
    change(shop, {"auto_allocate": "due_within", "auto_allocate_within_days": 7})

    told = "bad_policy auto_allocate_within_days"
    assert refused(shop, {"auto_allocate_within_days": None}) == told
    assert refused(shop, {}, "auto_allocate_within_days") == told
    change(shop, {}, "auto_allocate", "auto_allocate_within_days")


def test_a_default_can_not_be_taken_away_when_a_merchant_relies_on_it(shop):
    change(shop, {"auto_allocate_within_days": 7}, scope=ALL)
    change(shop, {"auto_allocate": "due_within"})

    told = "bad_policy auto_allocate_within_days"
    assert refused(shop, {}, "auto_allocate_within_days", scope=ALL) == told
    change(shop, {"auto_allocate_within_days": 3})
    change(shop, {}, "auto_allocate_within_days", scope=ALL)


def test_settings_are_refused_when_there_is_no_such_merchant(shop):
    assert refused(shop, {"max_shipments": 1}, scope="nobody") == "unknown_merchant"


# --- orders that say it themselves ---


def own_policy(shop: Warehouse, order: int) -> dict[str, object]:
    return dict(shop.one("SELECT policy FROM orders WHERE id = :id", id=order))


def test_plain_knobs_are_stored_when_an_order_names_a_preset(shop):
    asked = {"preset": "cartoncloud.keep.due_within", "auto_allocate_within_days": 3}
    order = shop.take(policy=asked, number="O")

    assert own_policy(shop, order) == {
        "max_shipments": 1,
        "hold_if_due_within_days": None,
        "on_shortage": "wait",
        "auto_allocate": "due_within",
        "auto_allocate_within_days": 3,
    }
    assert shop.take(policy=asked, number="O") == order


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"preset": "nothing"}, "policy.preset"),
        ({"preset": "kibo.both", "auto_allocate_on": "po_status"}, "policy.auto_allocate_on"),
        ({"auto_allocate": "due_within"}, "policy.auto_allocate_within_days"),
    ],
)
def test_the_field_is_named_when_an_order_can_not_have_its_policy(shop, policy, field):
    with pytest.raises(RefusedError) as refusal:
        shop.take(policy=policy)

    assert refusal.value.fields[0]["field"] == field


def test_an_order_may_rely_on_the_days_of_its_merchant(shop):
    change(shop, {"auto_allocate_within_days": 7})

    assert own_policy(shop, shop.take(policy={"auto_allocate": "due_within"})) == {
        "auto_allocate": "due_within"
    }


@pytest.mark.parametrize("on_shortage", ["remove", "reject"])
@pytest.mark.parametrize("scope", ["order", MERCHANT, ALL])
def test_a_shortage_is_left_to_the_first_claim_when_the_policy_decides_on_it(
    shop, on_shortage, scope
):
    shop.products("STRICT", allow_backorder=False)
    shop.products("LIMITED", backorder_limit=2)
    knobs = {"on_shortage": on_shortage}
    if scope != "order":
        change(shop, knobs, scope=scope)
    policy = knobs if scope == "order" else {}

    assert shop.take([("STRICT", 1), ("LIMITED", 3)], policy=policy)


@pytest.mark.parametrize("on_shortage", ["wait", "assign_nothing"])
def test_a_shortage_is_refused_at_once_when_it_would_have_to_wait(shop, on_shortage):
    shop.products("STRICT", allow_backorder=False)
    change(shop, {"on_shortage": "remove"})
    with pytest.raises(RefusedError) as refusal:
        shop.take([("STRICT", 1)], policy={"on_shortage": on_shortage})

    assert refusal.value.code == "not_available"


def test_settings_are_read_once_when_a_batch_comes(shop, statements):
    new = [shop.new_order(policy={"preset": "kibo.both"}) for _ in range(20)]
    with statements() as sent:
        intake.create_orders(shop.store, MERCHANT, new, "tester")

    assert len([sql for sql in sent if "FROM setting" in sql]) == 1


def test_the_queue_says_who_takes_what_is_free_when_a_setting_says_so_now(shop):
    shop.order([("K1", 2)])
    for value, gate in (("never", "closed"), ("complete_only", "conditional"), ("always", "open")):
        change(shop, {"auto_allocate": value})
        shop.serve_due()
        assert shop.one("SELECT gate FROM open_demand") == gate
