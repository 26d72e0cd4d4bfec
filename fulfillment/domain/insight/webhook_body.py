"""What is posted to a webhook: the event as the feed tells it, within a bound."""

import json
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 20_000
"""Receivers are not to be sent more than 20 KB, says the Standard Webhooks specification."""

CUT = "cut"
"""The fact that says how many items of which list were left out."""

Event = Mapping[str, Any]


def body_of(event: Event) -> str:
    """The body for an event: `{type, timestamp, data}`, as compact JSON.

    `data` is the event as the feed tells it. Where it would be too long, the longest lists of its
    facts are cut from their ends, and the fact `cut` says how much of which.
    """
    whole = _written(event)
    if _size(whole) <= MOST_BYTES:
        return whole
    lists = {name: len(each) for name, each in event["facts"].items() if isinstance(each, list)}
    kept = dict(lists)
    while _size(written := _cut(event, lists, kept)) > MOST_BYTES:
        longest = max(
            kept, key=lambda name: (_size(_json(event["facts"][name][: kept[name]])), name)
        )
        # Each round takes a part of what is too much, and one at least.
        kept[longest] -= max(1, kept[longest] // 8)
    return written


def _cut(event: Event, lists: Mapping[str, int], kept: Mapping[str, int]) -> str:
    facts = {n: v[: kept[n]] if n in kept else v for n, v in event["facts"].items()}
    left_out = {name: lists[name] - kept[name] for name in lists if kept[name] < lists[name]}
    return _written({**event, "facts": {**facts, CUT: left_out}})


def _written(event: Event) -> str:
    return _json({"type": event["type"], "timestamp": event["at"], "data": event})


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _size(text: str) -> int:
    return len(text.encode())
