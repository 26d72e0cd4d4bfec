"""`pegboard what-if`: who would gain and who would lose, and doing it."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Line, column, number
from cli.client.readers import Whole
from cli.client.table import NOTE, Answer, Command, arguments, option
from cli.client.views import grid

FACTS = (column("part"), column("about"), column("what"), column("before"), column("after"))
ORDERS = (
    column("order"), column("fate"), number("units_earlier", "earlier"),
    number("units_later", "later"), column("before.status", "status now"),
    column("after.status", "status then"), column("before.promised", "promised now"),
    column("after.promised", "promised then"),
)  # fmt: skip
PARTS = arguments(
    "body.parts", "PART", "Such as PO7:+5d, order:1042:priority=10, buy:K1:200@2031-12-20:vienna.",
    required=True,
)  # fmt: skip
MOST = 2_000


def looked_at(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What is asked, who gains and who loses, and the fingerprint to apply it by."""
    yield grid("What is asked", FACTS, answer["facts"])
    every = answer["totals"]
    yield Line(
        f"{every['orders']} orders would stand differently: {every['only_earlier']} earlier,"
        f" {every['only_later']} later, {every['both']} both."
    )
    if answer["orders"]:
        yield grid("Orders", ORDERS, answer["orders"])
    for stop in answer["stops"]:
        yield Line(f"The queue of {stop['sku']} was looked at as far as order {stop['order']}.")
    for one in answer["applied"]:
        yield _applied(one)
    yield Line(f"Fingerprint: {answer['fingerprint']}")


def done(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What was changed and written."""
    yield _applied(answer)
    yield grid("What was changed", FACTS, answer["facts"])


def _applied(one: Mapping[str, Any]) -> Line:
    made = f" It wrote {', '.join(one['made'])}." if one["made"] else ""
    return Line(f"Applied by {one['by']}: {one['orders']} orders stood differently.{made}")


COMMANDS = (
    Command(
        group="what-if", verb="look", method="POST", path="/v1/what-if", keyed=False,
        says="Say who would gain and who would lose by some changes together; nothing is done.",
        example="what-if look buy:TEA-GREEN:20@2031-01-05:vienna",
        view=looked_at,
        parameters=(
            PARTS,
            option("body.most", "Orders that are told one by one; 200 unless said.",
                   Whole(1, MOST)),
        ),
    ),
    Command(
        group="what-if", verb="apply", method="POST", path="/v1/what-if/apply",
        says="Do all parts of a what-if, or none: none, if it is not what was looked at.",
        example="what-if apply buy:TEA-GREEN:20@2031-01-05:vienna --fingerprint FINGERPRINT",
        view=done,
        parameters=(
            PARTS,
            option("body.fingerprint", "The one that `look` told.", required=True),
            option("body.applied_before", "How often `look` said that it was applied; 0 unless"
                   " said.", Whole(0, 50)),
            NOTE,
        ),
    ),
)  # fmt: skip
