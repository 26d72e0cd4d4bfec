from tests.builders import moves


def test_transfer_goes_from_its_first_line_to_the_last_receipt(warehouse, process, pegboard, told):
    warehouse.stock(9)
    waiting = warehouse.order([("K1", 2)], lock_location="B")
    create = ("transfer", "create", "TR-1", "--from", "A", "--to", "B", "K1=5", "K1=1")
    first, again = process(*create), pegboard(*create)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == again.stdout
    assert "Transfer TR-1: planned, from A, to B" in first.stdout
    assert pegboard("transfer", "ship", "TR-1", "--note", "Van").returncode == 0
    assert warehouse.level("K1", "A") == (3, 0)
    came = ("transfer", "receive", "TR-1", "--receipt", "GR-1", "1=4")
    assert pegboard(*came).stdout == pegboard(*came).stdout
    assert warehouse.status(waiting) == "awaiting_pick_and_pack"

    shown = pegboard("transfer", "show", "TR-1").stdout
    assert [line.split() for line in shown.splitlines() if "K1" in line] == [
        ["1", "K1", "5", "4", "0", "1", "0"],
        ["2", "K1", "1", "0", "0", "1", "0"],
    ]
    assert told("transfer", "receive", "TR-1", "--receipt", "GR-2", "--all")["status"] == "received"
    assert warehouse.level("K1", "B") == (6, 2)


def test_transfers_are_listed_cancelled_and_closed(warehouse, pegboard, told):
    warehouse.stock(5)
    told("transfer", "create", "TR-1", "--from", "A", "--to", "B", "K1=2")
    sent = ("--from", "A", "--to", "B", "K1=3", "--ship", "--expected-on", "2190-04-01")
    assert told("transfer", "create", "TR-2", *sent)["status"] == "in_transit"

    def numbers(*asked: object) -> list[str]:
        return [one["number"] for one in told("transfer", "list", *asked)["items"]]

    assert numbers() == ["TR-2", "TR-1"]
    assert numbers("--status", "planned", "--from", "A", "--sku", "K1") == ["TR-1"]
    assert numbers("--to", "A") == []
    assert told("transfer", "list", "--limit", 1)["next"] is not None
    assert "TR-2" in pegboard("transfer", "list").stdout
    assert told("transfer", "cancel", "TR-1")["status"] == "cancelled"
    closed = told("transfer", "close", "TR-2", "--note", "Lost.")
    assert (closed["status"], closed["lines"][0]["closed"]) == ("closed", 3)
    lost = pegboard("transfer", "receive", "TR-2", "--receipt", "GR-3", "--all")
    assert (lost.returncode, lost.stdout) == (1, "")
    assert lost.stderr == "pegboard: --all: nothing is outstanding on TR-2\n"


def test_return_is_announced_taken_in_and_closed(warehouse, pegboard, told):
    order = moves.shipped(warehouse, [("K1", 3)])
    number = warehouse.number(order)
    back = ("--location", "A", "--order", number, "--reason", "Too big.", "K1=3@1")
    announced = pegboard("return", "create", "RMA-1", *back)
    assert announced.stdout == pegboard("return", "create", "RMA-1", *back).stdout
    assert f"Return RMA-1: announced, to A, of order {number}" in announced.stdout
    taken = pegboard(
        "return", "receive", "RMA-1", "--receipt", "GR-1", "1=1:sellable", "1=1:damaged"
    )
    assert "1 damaged, 1 sellable" in taken.stdout
    assert warehouse.level("K1", "A") == (1, 0)
    assert (
        told("return", "list", "--status", "announced", "--order", number)["items"][0]["received"]
        == 2
    )
    assert "RMA-1" in pegboard("return", "list").stdout
    assert told("return", "close", "RMA-1")["lines"][0]["closed"] == 1
    assert told("return", "show", "RMA-1")["status"] == "closed"


def test_count_sets_what_is_on_hand_and_is_shown(warehouse, pegboard, told):
    warehouse.stock(5)
    warehouse.stock(2, "K2")
    count = ("count", "create", "CC-1", "--location", "A", "K1=3", "K1=1:damaged", "--everything")
    posted = pegboard(*count, "--reason", "March")
    assert (posted.returncode, posted.stdout) == (0, pegboard(*count, "--reason", "March").stdout)
    assert [line.split() for line in posted.stdout.splitlines() if "K" in line] == [
        ["K1", "damaged", "0", "1", "1", "0"],
        ["K1", "sellable", "5", "3", "-2", "0"],
        ["K2", "sellable", "2", "0", "-2", "0"],
    ]
    assert (warehouse.level("K1", "A"), warehouse.level("K2", "A")) == ((3, 0), (0, 0))
    (listed,) = told("count", "list", "--location", "A")["items"]
    assert (listed["number"], listed["differing"]) == ("CC-1", 3)
    assert told("count", "show", "CC-1") == told(*count, "--reason", "March")
    assert pegboard("count", "show", "CC-1").stdout == posted.stdout


TRANSFER = ("transfer", "create", "TR-9", "--from", "A", "--to", "B")
RETURN = ("return", "create", "RMA-9", "--location", "A")
COUNT = ("count", "create", "CC-9", "--location", "A")

WRONG: list[tuple[tuple[object, ...], int, str]] = [
    ((*TRANSFER, "K1"), 2, "write what goes as SKU=UNITS, not 'K1'"),
    ((*TRANSFER, "K1=0"), 2, "SKU=UNITS: input should be greater than or equal to 1"),
    ((*TRANSFER, "K1=2", "--expected-on", "soon"), 2, "--expected-on is a date as 2026-03-31"),
    ((*TRANSFER, "K9=2"), 1, "SKU=UNITS: there is no product K9"),
    (("transfer", "create", "TR\t9", *TRANSFER[3:], "K1=1"), 2, "NUMBER: "),
    ((*TRANSFER[:5], "--to", "moon", "K1=1"), 1, "--to: moon is not"),
    ((*TRANSFER[:5], "--to", "A", "K1=1"), 1, "--to: a transfer goes from one location to another"),
    (("transfer", "create", "TR-1", *TRANSFER[3:], "K2=1"), 1, "TR-1 exists with other content"),
    (("transfer", "list", "--status", "lost"), 2, "--status is one of planned, in_transit"),
    (("transfer", "show", "TR-9"), 1, "there is no transfer TR-9"),
    (("transfer", "ship", "TR-1"), 1, "A has only 0 of K1 available"),
    (("transfer", "receive", "TR-1", "--receipt", "R"), 2, "name LINE=UNITS, or --all"),
    (("transfer", "receive", "TR-1", "--receipt", "R", "1=1"), 1, "TR-1 is planned"),
    (("transfer", "receive", "TR-1", "--receipt", "R\t1", "--all"), 2, "--receipt: "),
    (("transfer", "close", "TR-1"), 1, "planned"),
    ((*RETURN, "K1=1@1"), 1, "--order: name the order of this line"),
    ((*RETURN, "K1=1", "--order", "SO-9"), 1, "--order: there is no order SO-9"),
    ((*RETURN, "K1"), 2, "write what comes back as SKU=UNITS or SKU=UNITS@LINE, not 'K1'"),
    (("return", "receive", "RMA-9", "--receipt", "R", "1:1"), 2, "as 1=2:damaged, not '1:1'"),
    (("return", "receive", "RMA-9", "--receipt", "R", "1=1:lost"), 2, "LINE=UNITS: "),
    (("return", "list", "--status", "lost"), 2, "--status is one of announced"),
    ((*COUNT,), 2, "name SKU=UNITS, or --everything"),
    ((*COUNT, "K1=1", "K1=2"), 1, "SKU=UNITS: K1 is there twice"),
    ((*COUNT, "K1=1:gone"), 2, "SKU=UNITS: input should be"),
    ((*COUNT[:4], "moon", "K1=1"), 1, "--location: moon is not"),
    (("count", "show", "CC-9"), 1, "there is no count CC-9"),
]


def test_wrong_input_is_told_in_its_first_line_and_changes_nothing(warehouse, pegboard):
    moves.transfer(warehouse, [("K1", 5)], ship=False, number="TR-1")
    for arguments, code, words in WRONG:
        done = pegboard(*arguments)
        first = done.stderr.splitlines()[0]
        assert (done.returncode, done.stdout, words in first) == (code, "", True), done.stderr
    made = "SELECT (SELECT count(*) FROM transfer) + (SELECT count(*) FROM customer_return)"
    assert warehouse.one(f"{made} + (SELECT count(*) FROM stock_count)") == 1
