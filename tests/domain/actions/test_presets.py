from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest

from fulfillment.domain.actions.presets import PRESETS, expand
from fulfillment.domain.model.policy import (
    NOT_FOR_ONE_ORDER,
    AutoAllocate,
    AutoAllocateOn,
    OnShortage,
    Policy,
    PolicyError,
    Rebalance,
    ReleaseWhen,
    checked,
    resolve,
)
from tests.builders.values import claimed, order, planned, stock
from tests.domain.stories import Story

IMPORTING: dict[str, dict[str, Any]] = {
    "keep": {"max_shipments": 1},
    "split": {"max_shipments": 2},
    "split_unless_due": {"max_shipments": 2, "hold_if_due_within_days": 7},
}
ALLOCATING: dict[str, dict[str, Any]] = {
    "always": {"auto_allocate": AutoAllocate.ALWAYS},
    "never": {"auto_allocate": AutoAllocate.NEVER},
    "complete_only": {"auto_allocate": AutoAllocate.COMPLETE_ONLY},
    "due_within": {"auto_allocate": AutoAllocate.DUE_WITHIN, "auto_allocate_within_days": 7},
}
KIBO: dict[str, Any] = {
    "release_when": ReleaseWhen.ALL_SOURCED,
    "auto_allocate": AutoAllocate.COMPLETE_ONLY,
}
HELD: dict[str, Any] = {"rebalance": Rebalance.OFF}
POLICIES = {
    "cartoncloud.import.reject": Policy(**HELD, max_shipments=1, on_shortage=OnShortage.REJECT),
    "cartoncloud.import.remove": Policy(**HELD, max_shipments=1, on_shortage=OnShortage.REMOVE),
    "cartoncloud.import.assign_nothing": Policy(
        **HELD, max_shipments=1, on_shortage=OnShortage.ASSIGN_NOTHING
    ),
    "shipstream.all_or_nothing": Policy(max_shipments=1),
    "shipstream.as_available": Policy(),
    "shipstream.up_to": Policy(max_shipments=2),
    "kibo.current": Policy(**KIBO),
    "kibo.future": Policy(**KIBO, future_inventory=True),
    "kibo.both": Policy(**KIBO, future_inventory=True),
} | {
    f"cartoncloud.{importing}.{allocating}": Policy(
        **IMPORTING[importing],
        **ALLOCATING[allocating],
        **HELD,
        auto_allocate_on=AutoAllocateOn.PO_STATUS,
    )
    for importing, allocating in product(IMPORTING, ALLOCATING)
}
CELLS = sorted(f"cartoncloud.{one}.{other}" for one, other in product(IMPORTING, ALLOCATING))

FAMILIES = {
    "cells": CELLS,
    "imports": [name for name in PRESETS if name.startswith("cartoncloud.import.")],
    "shipstream": [name for name in PRESETS if name.startswith("shipstream.")],
    "kibo": [name for name in PRESETS if name.startswith("kibo.")],
}


def test_every_preset_is_known_by_its_own_name():
    assert len(CELLS) == 12
    assert set(PRESETS) == set(POLICIES)
    assert {preset.name for preset in PRESETS.values()} == set(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_set_and_gives_the_policy_that_its_vendor_means(name):
    assert resolve(checked(expand({"preset": name}))) == POLICIES[name]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_given_to_one_order(name):
    knobs = checked(expand({"preset": name}, for_one_order=True), for_one_order=True)

    assert not NOT_FOR_ONE_ORDER & set(knobs)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_says_what_it_is_and_fills_in_what_it_needs(name):
    preset = PRESETS[name]

    assert preset.title
    assert preset.says.endswith(".")
    assert all(preset.knobs[knob] is not None for knob in preset.needs)


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_of_a_preset_is_left_when_another_of_its_vendor_takes_its_place(family):
    for first, second in product(FAMILIES[family], repeat=2):
        after = {**expand({"preset": first}), **expand({"preset": second})}
        assert resolve(checked(after)) == POLICIES[second]


def test_an_import_setting_takes_the_place_of_a_cell_and_leaves_its_allocation():
    cell = expand({"preset": "cartoncloud.split_unless_due.due_within"})
    after = checked({**cell, **expand({"preset": "cartoncloud.import.remove"})})

    assert after["hold_if_due_within_days"] is None
    assert after["auto_allocate"] == "due_within"


def test_knobs_named_beside_a_preset_go_before_it():
    days = {"preset": "cartoncloud.keep.due_within", "auto_allocate_within_days": 30}

    assert expand({"preset": "shipstream.up_to", "max_shipments": 4}) == {"max_shipments": 4}
    assert checked(expand(days))["auto_allocate_within_days"] == 30


def test_knobs_are_left_as_they_are_when_no_preset_is_named():
    knobs = {"max_shipments": 1, "rebalance": "off"}

    assert expand(knobs) == knobs
    assert expand(knobs, for_one_order=True) == knobs


def test_a_knob_is_refused_when_it_is_named_for_one_order_beside_a_preset():
    asked = {"preset": "cartoncloud.keep.always", "auto_allocate_on": "any_supply"}
    with pytest.raises(PolicyError) as error:
        checked(expand(asked, for_one_order=True), for_one_order=True)

    assert error.value.knob == "auto_allocate_on"


def test_a_knob_is_refused_when_it_contradicts_the_preset_beside_it():
    with pytest.raises(PolicyError) as error:
        checked(expand({"preset": "cartoncloud.keep.always", "hold_if_due_within_days": 3}))

    assert error.value.knob == "hold_if_due_within_days"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("cartoncloud.keep", "cartoncloud.keep.always"),
        ("shipstream.upto", "shipstream.up_to"),
        ("KIBO.both", "kibo.both"),
        ("x", "cartoncloud."),
        (None, "cartoncloud."),
        (7, "cartoncloud."),
    ],
)
def test_presets_that_are_near_are_told_when_there_is_none_of_the_name(name, near):
    with pytest.raises(PolicyError, match=near) as error:
        expand({"preset": name})

    assert error.value.knob == "preset"


@pytest.mark.parametrize("name", [name for name in PRESETS if name.startswith("cartoncloud.")])
def test_what_a_preset_of_cartoncloud_holds_is_not_taken_by_who_ranks_earlier(name):
    policy = expand({"preset": name}) | {"max_shipments": 1, "on_shortage": "wait"}
    story = Story(order(2, [("K1", 5), ("K2", 1)], policy=policy), levels=[stock(3)])
    assert claimed(story[2]) == {(1, "A"): 3}
    after = planned(replace(story.now, orders=(*story.now.orders, order(1, policy=policy))))

    assert (claimed(after[1]), claimed(after[2])) == ({}, {(1, "A"): 3})


def test_presets_that_set_the_same_knobs_say_so():
    same = [
        (one, other) for one, other in combinations(PRESETS.values(), 2) if one.knobs == other.knobs
    ]

    assert [(one.name, other.name) for one, other in same] == [("kibo.future", "kibo.both")]
    assert all(one.name in other.says for one, other in same)
