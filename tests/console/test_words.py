"""Numbers and days are written as who looks is used to; the words stay."""

from datetime import UTC, date, datetime

import pytest

from console import settings, words
from fulfillment.domain.model.policy import (
    KNOBS,
    AutoAllocate,
    AutoAllocateOn,
    Duplicates,
    MinPoStatus,
    OnShortage,
    Rebalance,
    ReleaseWhen,
    Routing,
    Step,
)
from fulfillment.domain.model.shipments import Slice
from tests.api.world import made
from tests.console.furnishing import furnish
from tests.console.visitors import make, visitor

DAY = date(2031, 3, 10)
CHOICES = (AutoAllocate, AutoAllocateOn, Duplicates, MinPoStatus, OnShortage, Rebalance,
           ReleaseWhen, Routing, Step)  # fmt: skip
VALUES = [str(value) for choice in CHOICES for value in choice]


@pytest.mark.parametrize(
    ("languages", "number", "day"),
    [
        ("", "12,345", "10 Mar 2031"),
        ("en-US,en;q=0.9,de;q=0.8", "12,345", "10 Mar 2031"),
        ("de-DE,de;q=0.9", "12.345", "10. März 2031"),
        ("fr", "12\u202f345", "10 mars 2031"),
        ("ja", "12,345", "2031年3月10日"),
        ("xx-nonsense, *;q=0.5, es", "12.345", "10 mar 2031"),
        ("a_b_c_d" * 9, "12,345", "10 Mar 2031"),
        ("\u00e4\u00f6", "12,345", "10 Mar 2031"),
    ],
)
def test_a_browser_that_asks_for_a_language_is_written_for(languages, number, day):
    with words.written_for(languages):
        assert (words.number(12_345), words.day(DAY)) == (number, day)
        assert words.slices([Slice(12_345, DAY)]) == f"{number} on {day}"
        noon = datetime(2031, 3, 10, 12, 30, tzinfo=UTC)
        assert words.moment(noon, "Europe/Vienna") == f"{day}, 13:30"
    assert words.number(12_345) == "12,345"


def test_pages_are_written_for_each_who_looks(database_url):
    with made(database_url) as world:
        furnish(world)
        make(world, "mara")
        mara = visitor(world, "mara")
        path = "/m/acme/orders/SO-2"
        assert "10 Mar 2031" in mara.get(path).text
        mara.client.headers["Accept-Language"] = "de-AT,de;q=0.9"
        text = mara.get(path).text
        assert "10. März 2031" in text
        assert "10 Mar 2031" not in text
        assert "awaiting stock" in text


def test_every_setting_and_its_values_have_words():
    assert settings.TITLES.keys() == set(KNOBS)
    for name in KNOBS:
        said = {settings.setting(name, one) for one in (None, 1, 2, True, *VALUES)}
        assert not [text for text in said if "_" in text]
    assert settings.setting("auto_cancel_days", 1) == "1 day"
    assert settings.setting("max_shipments", None) == "any number"


def test_a_sentence_of_a_rule_has_days_as_people_write_them():
    assert words.with_days("Due on 2031-03-10.") == "Due on 10 Mar 2031."
    assert words.with_days("Buy SKU-2031-03-10 now.") == "Buy SKU-2031-03-10 now."


def test_facts_are_told_with_days_as_days_and_without_what_is_not_there():
    moved = {
        "to": [{"on": "2031-03-10", "units": 7}],
        "because": None,
        "status": "awaiting_pick_and_pack",
    }
    assert words.value(moved) == "to on 10 Mar 2031, units 7, status ready to pick"
    assert words.value("2031-13-99") == "2031-13-99"
    assert words.value(None) == "none"
