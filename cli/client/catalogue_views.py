"""Products, stock, locations and merchants, and where a product's units are."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Line, column, number, words
from cli.client.table import Answer, View
from cli.client.views import cell, grid


def facts(head: str) -> View:
    """Every field of a thing, one a line."""

    def view(answer: Answer, arguments: Mapping[str, Any]) -> Iterable[Block]:
        rows = [
            {"field": name.replace("_", " "), "value": cell(answer, name)}
            for name, value in answer.items()
            if value not in (None, {}, [])
        ]
        title = head.format(**{**arguments, **answer})
        yield grid(title, (column("field"), words("value")), rows)

    return view


def stock(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """A row for each product and place; where several have some, all of it together."""
    columns = (
        column("sku"), column("location"), number("on_hand", "on hand"), number("allocated"),
        number("available"), number("picked"), number("inbound"), number("waiting"),
    )  # fmt: skip
    rows = []
    for one in answer["items"]:
        places = one["locations"]
        if len(places) != 1:
            rows.append(one | {"location": None})
        whole_ = {"waiting": one["waiting"] if len(places) == 1 else None}
        rows += [one | place | whole_ for place in places]
    yield grid(f"{len(answer['items'])} products", columns, rows)


def levels(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What each place that was changed has now."""
    columns = (
        column("sku"),
        column("location"),
        column("disposition"),
        number("on_hand", "on hand"),
    )
    yield grid("On hand now", columns, answer["levels"])


def letterhead(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """The sender, line by line."""
    for line in answer["sender"]:
        yield Line(line)
    yield Line("with a logo" if answer["logo"] else "without a logo", style="dim")


def product_explanation(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """Where a product's units are, who holds them, and who waits."""
    yield Line(
        f"{answer['sku']}: {answer['on_hand']} on hand, {answer['available']} available,"
        f" {answer['units_wanted']} wanted"
    )
    yield grid(
        "Where they are",
        (column("location"), column("disposition"), number("on_hand", "on hand"),
         number("allocated"), number("available"), number("picked"), number("staged")),
        answer["levels"],
    )  # fmt: skip
    yield grid(
        f"Held by {answer['holders_in_all']} orders",
        (column("order"), number("units"), column("location"), column("status"),
         words("why_they_wait.sentence", "why they wait")),
        answer["holders"],
    )  # fmt: skip
    waiting = [
        one | {"why": [reason["sentence"] for reason in one["reasons"] or ()]}
        for one in answer["waiting"]
    ]
    yield grid(
        f"Wanted by {answer['waiting_in_all']} orders",
        (column("order"), number("wanted"), number("priority"), column("order_status", "status"),
         words("why")),
        waiting,
    )  # fmt: skip
    yield grid(
        "To come",
        (column("source", "from"), column("location"), number("outstanding"), number("pegged"),
         column("expected_on", "expected")),
        answer["supply"],
    )  # fmt: skip
