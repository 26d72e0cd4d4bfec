"""What-ifs: what is asked, and what was looked at when they are applied."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from fulfillment.domain.insight.what_if import LONGEST, MOST_WISHES
from fulfillment.store.commands.what_if import MOST_TIMES
from fulfillment.store.reading.views.what_if import WhatIfApplication, WhatIfView
from starter.models.fields import NO_CONTROL_CHARACTERS, LongText, Request, example
from starter.models.order_hands import EXAMPLE_STANDING

MOST_ORDERS = 2_000
USUAL_ORDERS = 200
LONGEST_FINGERPRINT = 100

Part = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST, pattern=NO_CONTROL_CHARACTERS
    ),
]
Parts = Annotated[
    tuple[Part, ...],
    Field(
        min_length=1,
        max_length=MOST_WISHES,
        description="Each as it stands in a link: `PO7:+5d`, `order:1042:priority=10`,"
        " `buy:K1:200@2026-12-20`.",
    ),
]
EXAMPLE_PARTS = ["buy:TEA-GREEN:20@2031-01-05:vienna"]


class WhatIfIn(Request):
    """What is to be looked at, one part after the other."""

    model_config = example(parts=EXAMPLE_PARTS)

    parts: Parts
    most: Annotated[
        int, Field(ge=1, le=MOST_ORDERS, description="Orders that are told one by one.")
    ] = USUAL_ORDERS


class WhatIfApplyIn(Request):
    """What is to be done, and which look at it is meant."""

    model_config = example(
        parts=EXAMPLE_PARTS,
        fingerprint="5d41402abc4b2a76-b9719d911017c592-5d41402abc4b2a76-7d793037a0760186",
        note="Leaf confirmed it.",
    )

    parts: Parts
    fingerprint: Annotated[
        str,
        StringConstraints(
            min_length=1, max_length=LONGEST_FINGERPRINT, pattern=NO_CONTROL_CHARACTERS
        ),
        Field(description="That of the look: done only if it would change the same now."),
    ]
    applied_before: Annotated[
        int,
        Field(
            ge=0,
            le=MOST_TIMES,
            description="How often the same parts were applied already, as the look told; once"
            " more is another change.",
        ),
    ] = 0
    note: LongText | None = Field(
        default=None, description="Told in the histories; write no customer data here."
    )


EXAMPLE_FACT = {
    "part": EXAMPLE_PARTS[0], "about": "20 of TEA-GREEN to vienna", "what": "bought for",
    "before": None, "after": "2031-01-05",
}  # fmt: skip
EXAMPLE_APPLICATION = {
    "at": "2030-12-03T09:30:00Z", "by": "purchasing (key 1f2e3d4c5b6a7988)", "orders": 1,
    "made": ["purchase order PO-78"], "facts": [EXAMPLE_FACT],
}  # fmt: skip

EXAMPLES: Mapping[type, object] = {
    WhatIfApplication: EXAMPLE_APPLICATION,
    WhatIfView: {
        "parts": EXAMPLE_PARTS, "facts": [EXAMPLE_FACT],
        "totals": {
            "orders": 1, "only_earlier": 1, "only_later": 0, "both": 0,
            "earlier": {"units": 4, "days": 28}, "later": {"units": 0, "days": 0},
        },
        "orders": [{
            "order": "SO-1001", "fate": "gains", "units_earlier": 4, "units_later": 0,
            "before": EXAMPLE_STANDING, "after": EXAMPLE_STANDING | {"pegged": 4},
        }],
        "elsewhere": 0,
        "stops": [{"sku": "TEA-GREEN", "order": "SO-1001"}],
        "fingerprint": "5d41402abc4b2a76-b9719d911017c592-5d41402abc4b2a76-7d793037a0760186",
        "applied": [],
    },
}  # fmt: skip
