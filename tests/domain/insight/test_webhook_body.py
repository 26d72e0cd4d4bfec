"""What is posted: the event as the feed tells it, never too long."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.webhook_body import MOST_BYTES, body_of


def event(**facts: Any) -> dict[str, Any]:
    return {
        "id": "019cb1e0-7e00-7c31-9a54-0f3b7c2d1e88", "type": "order.waits", "version": 1,
        "at": "2026-03-01T10:00:00Z", "merchant": "acme", "subject": "order", "number": "SO-1001",
        "sequence": 7, "locations": ["vienna"], "facts": facts,
    }  # fmt: skip


def test_it_has_a_type_a_time_and_the_event():
    told = event(status="shipped")
    assert json.loads(body_of(told)) == {
        "type": "order.waits",
        "timestamp": "2026-03-01T10:00:00Z",
        "data": told,
    }


lists = st.dictionaries(
    st.sampled_from(["lines", "packages", "because", "from"]),
    st.lists(st.dictionaries(st.just("sku"), st.text(max_size=64), min_size=1), max_size=60).map(
        lambda some: some * 20
    ),
)


@given(lists)
def test_it_is_never_too_long_and_says_what_was_left_out(facts):
    body = body_of(event(units=3, **facts))
    assert len(body.encode()) <= MOST_BYTES
    told = json.loads(body)["data"]["facts"]
    cut = told.pop("cut", {})
    assert told["units"] == 3
    for name, items in facts.items():
        kept = told[name]
        assert items[: len(kept)] == kept
        assert len(items) - len(kept) == cut.get(name, 0)
    assert bool(cut) is (len(whole(event(units=3, **facts))) > MOST_BYTES)


def whole(told: dict[str, Any]) -> bytes:
    content = {"type": told["type"], "timestamp": told["at"], "data": told}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def test_as_much_as_fits_is_told():
    lines = [{"line": line, "sku": "TEA-GREEN", "units": 4} for line in range(1, 2_001)]
    assert len(body_of(event(lines=lines)).encode()) > MOST_BYTES * 0.8
