import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from fulfillment.domain.model.moves import Disposition
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
    put_products,
)
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.commands.orders.lifecycle import prepare_fulfillment
from fulfillment.store.commands.supply.purchase_orders import (
    NewPurchaseLine,
    NewPurchaseOrder,
    create_purchase_order,
    move_status,
)
from fulfillment.store.commands.supply.receiving import (
    Receipt,
    ReceivedLine,
    receipt_command,
    receive,
    reverse_receipt,
)
from fulfillment.store.commands.supply.serving import serve_due
from fulfillment.store.transactions.session import Command

RECEIPTS = "number,purchase_order,line,units\nGR-1,PO-1,1,4\nGR-1,PO-1,2,5\nGR-2,PO-1,1,3\n"


@pytest.fixture
def shop(pegboard, store):
    """The command, and PO-1 on its way to main: ten of TEA, five of CUP, 20 percent more taken."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    put_products(store, "acme", [NewProduct("TEA", "Tea"), NewProduct("CUP", "Cup")])
    lines = (NewPurchaseLine(1, "TEA", 10, "main"), NewPurchaseLine(2, "CUP", 5, "main"))
    order(store, NewPurchaseOrder("PO-1", lines, over_receipt_percent=20))
    return pegboard


def order(store, new: NewPurchaseOrder) -> None:
    command = Command("acme", "create_purchase_order", new.number, "test", {})
    create_purchase_order(store, command, new)


def http_receipt(store, receipt: Receipt) -> None:
    """Count a receipt with the command that the API makes of it."""
    receive(store, receipt_command("acme", "api", receipt), receipt)


def summary(done: CompletedProcess[str], kind: str) -> list[int]:
    """The numbers of one kind: read, new, changed, already there, skipped, refused."""
    line = next(x for x in done.stdout.splitlines() if x.strip().startswith(f"{kind}  "))
    return [int(number) for number in line.split()[-6:]]


def refused(done: CompletedProcess[str]) -> list[str]:
    """What was told of refused rows."""
    lines = done.stderr.splitlines()
    return [line.removeprefix("refused ") for line in lines if line.startswith("refused ")]


def test_receipts_are_counted_once_and_those_who_wait_are_owed_them(shop, write, ask, store):
    new = NewOrder("SO-1", (NewLine(1, "TEA", 6),), address={"city": "Vienna"})
    (taken,) = create_orders(store, "acme", [new], "test")
    assert taken.order is not None
    prepare_fulfillment(store, "acme", [taken.order])
    file = write("r.csv", RECEIPTS)
    first, again = shop("import", "receipts", file), shop("import", "receipts", file)

    assert (first.returncode, first.stderr, again.returncode) == (0, "", 0)
    assert summary(first, "receipts") == [2, 2, 0, 0, 0, 0]
    assert summary(first, "receipt lines") == [3, 3, 0, 0, 0, 0]
    assert summary(again, "receipts") == [2, 0, 0, 2, 0, 0]
    assert summary(again, "receipt lines") == [3, 0, 0, 3, 0, 0]
    assert ask("SELECT sku, on_hand, allocated FROM stock_level ORDER BY sku") == [
        ("CUP", 5, 0),
        ("TEA", 7, 0),
    ]
    assert ask("SELECT count(*) FROM outbox WHERE kind = 'wake_purchase_order'") == [(1,)]
    serve_due(store, "acme")
    assert ask("SELECT allocated FROM stock_level WHERE sku = 'TEA'") == [(6,)]


def test_line_is_found_by_its_sku_when_the_purchase_order_has_one_of_it(shop, write, ask, store):
    lines = (
        NewPurchaseLine(1, "TEA", 10, "main"),
        NewPurchaseLine(2, "TEA", 10, "main"),
        NewPurchaseLine(7, "CUP", 5, "main"),
    )
    order(store, NewPurchaseOrder("PO-2", lines))
    rows = "GR-1;PO-2;CUP;4\nGR-2;PO-2;TEA;1\nGR-3;PO-1;TEA;1\nGR-3;PO-1;CUP;0\n"
    file = write("r.csv", "gr;number;item;came\n" + rows)
    done = shop("import", "receipts", file, "--map", "number=gr", "--map", "sku=item",
                "--map", "units=came", "--map", "purchase_order=number")  # fmt: skip

    assert refused(done) == [
        "r.csv:3 item is on several lines of its purchase order: name the `line`",
        "r.csv:5 came must be positive",
    ]
    assert ask("SELECT line, received FROM purchase_order_line l JOIN supply u ON u.id = l.supply"
               " WHERE received > 0") == [(7, 4)]  # fmt: skip


def test_receipt_is_there_when_it_was_sent_by_http_before(shop, write, ask, store):
    backwards = (ReceivedLine(2, 5), ReceivedLine(1, 4))
    http_receipt(store, Receipt("GR-1", "PO-1", "main", backwards))
    done = shop("import", "receipts", write("r.csv", RECEIPTS))
    http_receipt(store, Receipt("GR-2", "PO-1", "main", (ReceivedLine(1, 3),)))

    assert done.returncode == 0
    assert summary(done, "receipts") == [2, 1, 0, 1, 0, 0]
    assert ask("SELECT sku, on_hand FROM stock_level ORDER BY sku") == [("CUP", 5), ("TEA", 7)]


@pytest.mark.parametrize("change", [("1,4", "1,5"), ("GR-1,PO-1,2,5\n", ""), ("1,4", "2,4")])
def test_receipt_is_refused_when_its_number_has_other_content(shop, write, ask, store, change):
    http_receipt(store, Receipt("GR-1", "PO-1", "main", (ReceivedLine(1, 4), ReceivedLine(2, 5))))
    file = write("r.csv", RECEIPTS.replace(*change))
    done = shop("import", "receipts", file)

    assert done.returncode == 1
    assert summary(done, "receipts") == [2, 1, 0, 0, 0, 1]
    assert ask("SELECT number FROM receipt ORDER BY number") == [("GR-1",), ("GR-2",)]


def test_damaged_units_are_a_row_of_their_own(shop, write, ask, store):
    text = "number,purchase_order,line,units,disposition\nGR-1,PO-1,1,4,\nGR-1,PO-1,1,2,damaged\n"
    first = shop("import", "receipts", write("r.csv", text))
    again = shop("import", "receipts", write("r.csv", text))
    assert (first.returncode, again.returncode) == (0, 0)
    assert summary(again, "receipts")[:2] == [1, 0]
    assert ask("SELECT disposition, on_hand FROM stock_level ORDER BY 1") == [
        ("damaged", 2), ("sellable", 4),
    ]  # fmt: skip
    broken = (ReceivedLine(2, 5, Disposition.DAMAGED),)
    http_receipt(store, Receipt("GR-2", "PO-1", "main", broken))
    whole = write("r.csv", "number,purchase_order,line,units\nGR-2,PO-1,2,5\n")
    other = shop("import", "receipts", whole)
    assert refused(other) == ["r.csv:2 number is the number of a receipt with other content"]


def bad_rows(store) -> str:
    """A file with a bad row of every sort, and the purchase orders that they are about."""
    order(store, NewPurchaseOrder("PO-D", (NewPurchaseLine(1, "TEA", 9, "main"),),
                                  status=PurchaseOrderStatus.DRAFT))  # fmt: skip
    order(store, NewPurchaseOrder("PO-C", (NewPurchaseLine(1, "TEA", 9, "main"),)))
    command = Command("acme", "move", "close", "test")
    move_status(store, command, "PO-C", PurchaseOrderStatus.CLOSED)
    http_receipt(store, Receipt("GR-0", "PO-1", "main", (ReceivedLine(2, 1),)))
    return (
        "number,purchase_order,location,line,sku,units\n"
        "A,PO-9,main,1,TEA,1\n"
        "B,PO-1,main,1,TEA,2\n"
        "B,PO-1,main,3,TEA,1\n"
        "C,PO-1,main,,NOPE,1\n"
        "D,PO-1,main,1,CUP,1\n"
        "E,PO-1,main,1,,6\n"
        "G,PO-1,main,1,,7\n"
        "F,PO-1,main,1,,6\n"
        "F,PO-1,main,2,,1\n"
        "H,PO-1,graz,1,,1\n"
        "GR-0,PO-1,main,2,,2\n"
        "I,PO-D,main,1,,1\n"
        "J,PO-C,main,1,,1\n"
        "K,PO-1,main,2,,1\n"
        "K,PO-1,main,,CUP,1\n"
        "L,PO-1,main,,,1\n"
        "M,PO-1,main,2,,-1\n"
        "N,PO-1,main,2,,1\n"
        "N,PO-D,main,2,,1\n"
        "O,PO-1,main,2,,3\n"
        "P,PO-1,main,2,,2\n"
    )


TOLD = [
    "r.csv:18 units must not be negative",
    "r.csv:20 purchase_order differs from line 19 of the same document",
    "r.csv:2 purchase_order is no purchase order of this merchant",
    "r.csv:4 line is no line of its purchase order",
    "r.csv:5 sku is on no line of its purchase order",
    "r.csv:6 sku is not the SKU of this line",
    "r.csv:8 units line 1 has 4 units outstanding, not 7; 2 more than ordered would be taken",
    "r.csv:11 location no location graz serves acme (--create)",
    "r.csv:12 number is the number of a receipt with other content",
    "r.csv:13 purchase_order purchase order PO-D is draft; nothing can come for it",
    "r.csv:14 purchase_order purchase order PO-C is closed; count it with a reason",
    "r.csv:16 sku is there twice in one receipt",
    "r.csv:17 line names no line, and there is no SKU",
    "r.csv:22 units line 2 has 0 units outstanding, not 2; 1 more than ordered would be taken",
]


def test_good_receipts_go_in_and_dry_run_tells_the_same_of_bad_ones(shop, write, ask, store):
    file = write("r.csv", bad_rows(store))
    dry = shop("import", "receipts", file, "--dry-run")
    counted = ask("SELECT count(*) FROM receipt")
    done = shop("import", "receipts", file)

    assert (dry.returncode, done.returncode, counted) == (1, 1, [(1,)])
    assert refused(dry) == refused(done)
    assert sorted(refused(done)) == sorted(TOLD)
    assert summary(dry, "receipts") == summary(done, "receipts") == [17, 3, 0, 0, 0, 14]
    assert summary(dry, "receipt lines") == summary(done, "receipt lines")
    assert ask("SELECT number FROM receipt ORDER BY number") == [("E",), ("F",), ("GR-0",), ("O",)]


def test_usage_is_wrong_when_nothing_says_which_line_came(shop, write):
    file = write("r.csv", "number,purchase_order,units\nA,PO-1,1\n")
    done = shop("import", "receipts", file)

    assert (done.returncode, done.stdout) == (2, "")
    assert "no column gives the 'line' or 'sku' of receipt lines" in done.stderr


def test_receipts_are_counted_once_when_imports_run_at_the_same_time(shop, write, ask):
    file = write("r.csv", RECEIPTS)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: shop("import", "receipts", file), range(3)))

    assert 0 in {run.returncode for run in done}
    for run in done:
        assert run.returncode == 0 or "another import for acme is running" in run.stderr
    assert ask("SELECT sku, on_hand FROM stock_level ORDER BY sku") == [("CUP", 5), ("TEA", 7)]


def test_receipt_stays_taken_back_when_it_is_imported_again(shop, write, ask, store):
    file = write("r.csv", RECEIPTS)
    shop("import", "receipts", file)
    reverse_receipt(store, Command("acme", "reverse", "back", "test"), "GR-2", "a mistake")
    again = shop("import", "receipts", file)

    assert again.returncode == 0
    assert summary(again, "receipts") == [2, 0, 0, 2, 0, 0]
    assert "a receipt that was taken back is not counted again" in again.stdout
    assert ask("SELECT on_hand FROM stock_level WHERE sku = 'TEA'") == [(4,)]


MAPPING = """
[merchant]
id = "acme"
[location]
id = "main"
[formats]
dates = ["%d.%m.%Y"]
[purchase_orders]
file = "bought.csv"
columns = { number = "po", expected_on = "due" }
constants = { over_receipt_percent = 10 }
[purchase_order_lines]
file = "bought lines.csv"
columns = { number = "po", sku = "item", units = "pieces" }
[receipts]
file = "came.csv"
columns = { purchase_order = "po", number = "note" }
skip_zero = true
[receipt_lines]
file = "came.csv"
columns = { number = "note", sku = "item", units = "pieces" }
skip_zero = true
[orders]
file = "sold.csv"
[order_lines]
file = "sold.csv"
"""


def test_folder_goes_in_with_purchase_orders_and_what_came_for_them(shop, write, ask, tmp_path):
    write("bought.csv", "po;due\nB-1;31.01.2190\nB-2;01.02.2190\n")
    write("bought lines.csv", "po;item;pieces;expected_on\nB-1;TEA;10;\nB-1;CUP;4;02.01.2190\n"
          "B-2;TEA;3;\n")  # fmt: skip
    write("came.csv", "note;po;item;pieces\nN-1;B-1;TEA;11\nN-1;B-1;CUP;0\nN-2;B-1;TEA;1\n"
          "N-3;B-2;TEA;0\n")  # fmt: skip
    write("sold.csv", "number,placed_at,address.city,sku,quantity\nSO-1,01.03.2026,Graz,TEA,2\n")
    arguments = ("import", "folder", tmp_path, "--mapping", write("m.toml", MAPPING))
    dry, done = shop(*arguments, "--dry-run"), shop(*arguments)
    again = shop(*arguments)

    for run in (dry, done, again):
        assert refused(run) == ["came.csv:4 pieces line 1 has 0 units outstanding, not 1"]
    for run in (dry, done):
        assert summary(run, "purchase orders") == [2, 2, 0, 0, 0, 0]
        assert summary(run, "receipts") == [3, 1, 0, 0, 1, 1]
        assert summary(run, "receipt lines") == [4, 1, 0, 0, 2, 1]
    assert summary(again, "purchase orders") == [2, 0, 0, 2, 0, 0]
    assert ask("SELECT p.number, l.line, u.received, u.over_received, u.expected_on::text"
               " FROM purchase_order p JOIN purchase_order_line l ON l.purchase_order = p.id"
               " JOIN supply u ON u.id = l.supply WHERE p.number <> 'PO-1' ORDER BY 1, 2") == [
        ("B-1", 1, 10, 1, "2190-01-31"),
        ("B-1", 2, 0, 0, "2190-01-02"),
        ("B-2", 1, 0, 0, "2190-02-01"),
    ]  # fmt: skip
    assert ask("SELECT number, expected_on::text, over_receipt_percent FROM purchase_order"
               " WHERE number <> 'PO-1' ORDER BY number") == [
        ("B-1", "2190-01-31", 10),
        ("B-2", "2190-02-01", 10),
    ]  # fmt: skip


def test_purchase_order_is_there_when_it_was_imported_before_it_had_a_tolerance(
    shop, write, ask, store
):
    """Those of that time have the very content that is made of a file without one."""
    new = NewPurchaseOrder("PO-7", (NewPurchaseLine(1, "TEA", 7, "main", date(2190, 1, 31)),))
    line = asdict(new.lines[0])
    del line["pack"]
    content = {
        "number": "PO-7",
        "lines": [line],
        "supplier": "",
        "expected_on": None,
        "status": "approved",
    }
    key = "import:purchase-order:PO-7"
    command = Command("acme", "create_purchase_order", key, "import", content)
    create_purchase_order(store, command, new)
    rows = "number,sku,units,expected_on\nPO-7,TEA,7,2190-01-31\n"
    done = shop("import", "purchase-orders", write("po.csv", rows))
    percent = ("--set", "over_receipt_percent=5")
    other = shop("import", "purchase-orders", write("po.csv", rows), *percent)

    assert (done.returncode, other.returncode) == (0, 1)
    assert summary(done, "purchase orders") == [1, 0, 0, 1, 0, 0]
    assert refused(other) == [
        "po.csv:2 number is the number of a purchase order with other content"
    ]


def test_purchase_orders_in_two_files_have_a_date_for_lines_without_one(shop, write, ask):
    heads = "number,expected_on,over_receipt_percent\nB-1,2190-01-31,100\nB-2,,101\nB-3,,\n"
    lines = (
        "number,sku,units,expected_on\nB-1,TEA,1,\nB-1,CUP,1,2190-03-01\nB-2,TEA,1,\nB-3,TEA,1,\n"
    )
    done = shop("import", "purchase-orders", write("po.csv", heads), "--lines",
                write("lines.csv", lines))  # fmt: skip

    assert refused(done) == ["po.csv:3 over_receipt_percent is more than 100"]
    assert ask("SELECT number, expected_on::text, over_receipt_percent FROM purchase_order"
               " WHERE number <> 'PO-1' ORDER BY number") == [
        ("B-1", "2190-01-31", 100),
        ("B-3", None, 0),
    ]  # fmt: skip
    assert ask("SELECT document, sku, expected_on::text FROM supply WHERE document <> 'PO-1'"
               " ORDER BY document, sku") == [
        ("B-1", "CUP", "2190-03-01"),
        ("B-1", "TEA", "2190-01-31"),
        ("B-3", "TEA", None),
    ]  # fmt: skip


def test_each_line_has_its_own_date_when_one_file_holds_purchase_orders_and_lines(shop, write, ask):
    rows = "number,sku,units,due\nB-1,TEA,1,2190-01-31\nB-1,CUP,1,2190-03-01\n"
    done = shop("import", "purchase-orders", write("po.csv", rows), "--map", "expected_on=due")

    assert done.returncode == 0
    assert ask("SELECT expected_on FROM purchase_order WHERE number = 'B-1'") == [(None,)]
    assert ask("SELECT sku, expected_on::text FROM supply WHERE document = 'B-1' ORDER BY 1") == [
        ("CUP", "2190-03-01"),
        ("TEA", "2190-01-31"),
    ]


def test_examples_of_the_page_run_as_they_stand_there(pegboard, write, ask, store, tmp_path):
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("vienna", "Vienna", serves={"acme": 1}))
    put_products(store, "acme", [NewProduct("TEA-GREEN", "Tea"), NewProduct("CUP", "Cup")])
    page = (Path(__file__).parents[2] / "docs" / "import.md").read_text()
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")}
    for title in ("Purchase orders", "Receipts"):
        blocks = re.findall(r"^```(\w*)\n(.*?)^```$", sections[title], re.MULTILINE | re.DOTALL)
        for name, content in [block for block in blocks if block[0] == "csv"]:
            write(f"{title.lower().replace(' ', '-')}.{name}", content)
        for line in [text for kind, block in blocks if not kind for text in block.splitlines()]:
            words = [str(tmp_path / w) if w.endswith(".csv") else w for w in line.split()[1:]]
            done = pegboard(*words)
            assert (done.returncode, done.stderr) == (0, "")

    assert ask("SELECT sku, on_hand FROM stock_level ORDER BY sku") == [
        ("CUP", 12),
        ("TEA-GREEN", 52),
    ]
