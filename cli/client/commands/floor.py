"""`pegboard pick`, `stage` and `task`: work that people on the floor take, walk and confirm."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.blocks import Block, Line, column, number, words
from cli.client.order_views import changed, standing
from cli.client.readers import Pairs, Rows, Text, Whole
from cli.client.table import (
    NOTE,
    PREVIEW,
    Answer,
    Command,
    Parameter,
    argument,
    arguments,
    flag,
    option,
    options,
    whole,
)
from cli.client.views import grid, listing, saying, told

LIST = argument("path.pick_list", "LIST", "The list's id.", Whole(1))
PICKED = Rows(
    r"(?P<shipment>\d{1,18})/(?P<order_line>\d{1,7})=(?P<units>\d{1,7})",
    "picked units as SHIPMENT/LINE=UNITS, as 42/1=3",
    whole=("shipment", "order_line", "units"),
)
LINE_UNITS = Rows(
    r"(?P<line>\d{1,7})=(?P<units>\d{1,7})", "units of a line as LINE=UNITS",
    whole=("line", "units"), once="line",
)  # fmt: skip
AT = option("query.location", "Only at this location.")
ORDER = argument("path.number", "ORDER", "The order's number.")
WALK = (
    column("sku"), column("order"), number("shipment"), number("order_line", "line"),
    number("units"), number("picked"), number("left"), words("merchant"),
)  # fmt: skip
LISTS = (
    number("id"), column("location"), column("kind"), column("status"), words("picker"),
    number("orders"), number("units"), number("picked"), number("left"),
)  # fmt: skip
CONTAINERS = (
    number("id"), column("location"), column("label"), column("order"), column("status"),
    words("lines"), words("waits_for"),
)  # fmt: skip
SUGGESTED = (column("location"), column("waits_for"), number("units"), words("orders"))
TASKS = (
    number("id"), column("kind"), column("location"), column("sku"), number("units"),
    column("order"), number("shipment"), words("reason"),
)  # fmt: skip


class Staging:
    """`--stage` as the kind of a list."""

    kind = bool

    def read(self, _: str, __: object) -> str:
        """The kind."""
        return "stage"


def walk(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """A pick list: the walk by SKU, a row for each shipment that units go to."""
    known = told(answer, {"status": "", "kind": "to", "location": "at", "picker": "with"})
    yield Line(f"Pick list {answer['id']}: {known}")
    rows = [
        {"sku": each["sku"], "merchant": each["merchant"]} | sort
        for each in answer["walk"]
        for sort in each["sort"]
    ]
    yield grid("Walk", WALK, rows)


def staged(answer: Answer, _: Mapping[str, Any]) -> Iterable[Block]:
    """What a container holds now."""
    yield Line(f"Container {answer['container']}, order {answer['number']}: {standing(answer)}")
    columns = (number("line"), column("sku"), number("units"))
    yield grid("Staged now", columns, answer["staged"])


def _short(answer: Answer, _: Mapping[str, Any]) -> str:
    goes = "goes on" if answer["went_on"] else "waits for the rest"
    short = f"{answer['short']} {'unit' if answer['short'] == 1 else 'units'} short"
    return f"{short}; what was found {goes}; order {answer['number']} is {answer['status']}"


def _finished(answer: Answer, _: Mapping[str, Any]) -> str:
    what = f"{answer['kind']} of {answer['units']} {answer['sku']} at {answer['location']}"
    return f"Task {answer['id']} is done: {what}"


COMMANDS = (
    Command(
        group="pick", verb="create", method="POST", path="/v1/locations/{location}/pick-lists",
        says="Take what is most urgent there, by priority, day and rank; nobody else gets it. Of"
        " every merchant, unless one is named.",
        example="pick create --location vienna --picker Pia --most-shipments 12", view=walk,
        parameters=(
            option("path.location", "Where the work is.", required=True),
            option("body.picker", "Who walks; the key's name unless said."),
            whole("body.most_shipments", "Shipments on the list at most.", 1, 200),
            options("body.orders", "Only work of this order; repeatable.", name="--order"),
            options("body.merchants", "Only work of this merchant; repeatable.", name="--for"),
            Parameter("body.kind", "--stage", "What waiting orders have, to be put in containers.",
                      Staging()),
        ),
    ),
    Command(
        group="pick", verb="list", method="GET", path="/v1/pick-lists", pages=True,
        says="List pick lists, the newest first.",
        example="pick list --location vienna --status picking",
        view=listing("pick lists", *LISTS),
        parameters=(
            AT,
            option("query.status", "With this status.", Text(("picking", "done", "given_up"))),
        ),
    ),
    Command(
        group="pick", verb="show", method="GET", path="/v1/pick-lists/{pick_list}",
        says="Show the walk by SKU, with what goes to which shipment and what is left.",
        example="pick show 1", view=walk, parameters=(LIST,),
    ),
    Command(
        group="pick", verb="confirm", method="POST", path="/v1/pick-lists/{pick_list}/confirm",
        says="Units are in the picker's hands, or in their containers; a shipment may become"
        " picked.",
        example="pick confirm 1 10/1=1", view=walk, either=("body.lines", "body.all"),
        parameters=(
            LIST,
            arguments("body.lines", "SHIPMENT/LINE=UNITS", "Units of these lines.", PICKED),
            flag("body.all", "All that is left of it."),
            options("body.containers", "ORDER=LABEL, where an order's staged units are;"
                    " repeatable.", Pairs("a container as ORDER=LABEL"), name="--container"),
        ),
    ),
    Command(
        group="pick", verb="unpick", method="POST", path="/v1/pick-lists/{pick_list}/unpick",
        says="Units are on the shelf again, and on the list to be picked; nothing that is packed.",
        example="pick unpick 1 10/1=1", view=walk, either=("body.lines", "body.all"),
        parameters=(
            LIST,
            arguments("body.lines", "SHIPMENT/LINE=UNITS", "Units of these lines.", PICKED),
            flag("body.all", "All that is picked of it."),
        ),
    ),
    Command(
        group="pick", verb="give-up", method="POST", path="/v1/pick-lists/{pick_list}/give-up",
        says="What nobody began to pick is ready for others; un-pick first what is partly picked.",
        example="pick give-up 2",
        view=saying(lambda answer, _: f"Pick list {answer['id']} is given up"),
        parameters=(LIST,),
    ),
    Command(
        group="pick", verb="short", method="POST", path="/v1/pick-lists/{pick_list}/short",
        says="Less is there: what is missing leaves on hand, is counted, and waits again at its"
        " rank.",
        example='pick short 1 10 1 --found 1 --reason "Two were broken."', view=saying(_short),
        parameters=(
            LIST,
            argument("body.shipment", "SHIPMENT", "The shipment's id.", Whole(1)),
            argument("body.order_line", "LINE", "The order's line.", Whole(1)),
            Parameter("body.found", "--found", "Units found in all, those confirmed before too.",
                      Whole(0), required=True),
            option("body.reason", "Why; write no customer data into it.", required=True),
            option("body.container", "For what was found, where it has to wait for the rest."),
        ),
    ),
    Command(
        group="stage", verb="list", method="GET", path="/v1/staging", pages=True,
        says="List the containers in use, the oldest first, with what their orders wait for.",
        example="stage list --location vienna", view=listing("containers", *CONTAINERS),
        parameters=(AT, option("query.order", "Only of this order.")),
    ),
    Command(
        group="stage", verb="suggestions", method="GET", path="/v1/staging/suggestions",
        says="Say which orders wait for the same SKU and have units on the shelf, the largest"
        " group first.",
        example="stage suggestions --location vienna", view=listing("suggestions", *SUGGESTED),
        parameters=(AT, whole("query.limit", "Suggestions at most.", 1, 200)),
    ),
    Command(
        group="stage", verb="put", method="POST", path="/v1/orders/{number}/stage",
        says="Put units of an order that waits into a container: claimed, and still waiting.",
        example="stage put SO-1001 1=3 --location vienna --container BIN-12", view=staged,
        either=("body.lines", "body.all"),
        parameters=(
            ORDER,
            arguments("body.lines", "LINE=UNITS", "Units of these lines.", LINE_UNITS),
            flag("body.all", "All that it has there."),
            option("body.location", "Where the units are.", required=True),
            option("body.container", "Its label; the order's own container unless said."),
            NOTE,
        ),
    ),
    Command(
        group="stage", verb="take-out", method="POST", path="/v1/orders/{number}/unstage",
        says="Put units back to the shelf: the order's as before, and free to move by the plan.",
        example='stage take-out SO-1010 1=1 --location vienna --note "The bin is needed."',
        view=changed, either=("body.lines", "body.all"),
        parameters=(
            ORDER,
            arguments("body.lines", "LINE=UNITS", "Units of these lines.", LINE_UNITS),
            flag("body.all", "All that it has staged there."),
            option("body.location", "Where the units are.", required=True),
            PREVIEW, NOTE,
        ),
    ),
    Command(
        group="task", verb="list", method="GET", path="/v1/tasks", pages=True,
        says="List what is to be looked at, the oldest first.",
        example="task list --location vienna --kind count", view=listing("tasks", *TASKS),
        parameters=(
            AT, option("query.kind", "Of this kind.", Text(("short_pick", "count", "put_back"))),
        ),
    ),
    Command(
        group="task", verb="finish", method="POST", path="/v1/tasks/{task}/done",
        says="Say that a task is done, once; it is not listed any more.",
        example="task finish 1", view=saying(_finished),
        parameters=(argument("path.task", "TASK", "Its id.", Whole(1)),),
    ),
)  # fmt: skip
