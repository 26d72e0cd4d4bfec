"""Every good row goes in, every bad one is named; mended, the refused rows go in as they are."""

import csv
import random
from io import StringIO
from pathlib import Path

import pytest

from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
    put_products,
)

HEADER = ["number", "customer_reference", "sku", "quantity", "unit_price", "note"]
SKUS = [f"SKU-{n}" for n in range(8)]
SEEDS = 8
TEXTS = [
    "",
    "plain",
    'say "hi"',
    "a, b",
    ", x",
    "two\nlines",
    'three\n"of",\nthem',
    "5 inch",
    "é ü",
]


@pytest.fixture
def shop(pegboard, store):
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    put_products(store, "acme", [NewProduct(sku, sku) for sku in ("TEA", "CUP", *SKUS)])
    return pegboard


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def told(done) -> list[str]:
    return [line for line in done.stderr.splitlines() if line.startswith("refused")]


FIVE = "number,sku,quantity\n" + "".join(f"SO-{n},TEA,1\n" for n in range(1, 6))


def test_five_good_orders_go_in_when_a_quote_before_them_is_not_closed(shop, write, ask, tmp_path):
    errors = tmp_path / "refused.csv"
    file = write("o.csv", FIVE.replace("quantity\n", 'quantity\nSO-0,"TEA,1\n'))
    done = shop("import", "orders", file, "--errors", errors)

    assert told(done) == ["refused o.csv:2 opens a quote that is not closed"]
    assert ask("SELECT number FROM orders ORDER BY 1") == [(f"SO-{n}",) for n in range(1, 6)]
    assert rows_of(errors) == [
        {
            "number": "SO-0",
            "sku": '"TEA',
            "quantity": "1",
            "refused_as": "orders order_lines",
            "refused_in": "o.csv",
            "refused_line": "2",
            "refused_column": "",
            "refused_reason": "opens a quote that is not closed",
            "refused_raw": 'SO-0,"TEA,1',
        }
    ]


def test_an_order_of_many_rows_goes_in_when_its_refused_rows_are_mended(shop, write, ask, tmp_path):
    rows = "SO-1,A,TEA,1\nSO-1,A,CUP,none\nSO-2,B,TEA,1\nSO-1,A,SKU-1,1\n"
    errors = tmp_path / "refused.csv"
    file = write("o.csv", "number,customer_reference,sku,quantity\n" + rows)
    shop("import", "orders", file, "--errors", errors)
    refused = rows_of(errors)
    assert [row["refused_line"] for row in refused] == ["2", "3", "5"]
    assert [bool(row["refused_column"]) for row in refused] == [False, True, False]

    refused[1]["quantity"] = "3"
    rewrite(errors, refused)
    done = shop("import", "orders", errors)

    assert (done.returncode, done.stderr) == (0, "")
    assert ask(
        "SELECT o.number, l.line, l.sku, l.ordered FROM orders o"
        " JOIN order_line l ON l.order_id = o.id ORDER BY 1, 2"
    ) == [
        ("SO-1", 1, "TEA", 1),
        ("SO-1", 2, "CUP", 3),
        ("SO-1", 3, "SKU-1", 1),
        ("SO-2", 1, "TEA", 1),
    ]


@pytest.mark.parametrize("bad", ["SO-1,TEA", "SO-1,TEA,1,2", 'SO-1,"TEA,1', ",TEA,1", '",TEA,1'])
def test_an_order_waits_when_a_row_of_it_can_not_be_read(shop, write, ask, bad):
    rows = f"SO-0,TEA,1\nSO-1,SKU-1,1\n{bad}\nSO-1,SKU-2,1\nSO-2,TEA,1\n"
    done = shop("import", "orders", write("o.csv", "number,sku,quantity\n" + rows))

    assert done.returncode == 1
    assert [line.split()[1] for line in told(done)] == ["o.csv:4"]
    assert ask("SELECT number FROM orders ORDER BY 1") == [("SO-0",), ("SO-2",)]


def test_an_order_does_not_wait_for_a_bad_row_of_another_between_its_own(shop, write, ask):
    rows = "SO-1,TEA,1\nSO-2,TEA\nSO-1,CUP,1\nSO-3,TEA,0\nSO-1,SKU-1,1\n"
    done = shop("import", "orders", write("o.csv", "number,sku,quantity\n" + rows))

    assert [line.split()[1] for line in told(done)] == ["o.csv:3", "o.csv:5"]
    assert ask("SELECT number FROM orders") == [("SO-1",)]


def test_an_order_waits_when_a_moved_cell_may_hide_that_a_row_is_its_own(shop, write, ask):
    rows = "TEA,SO-1,1\nSO-1,2\nCUP,SO-1,1\nTEA,SO-2,1\n"
    done = shop("import", "orders", write("o.csv", "sku,number,quantity\n" + rows))

    assert [line.split()[1] for line in told(done)] == ["o.csv:3"]
    assert ask("SELECT number FROM orders") == [("SO-2",)]


def test_all_rows_that_differ_from_their_first_are_named(shop, write, ask):
    rows = "SO-1,A,TEA,1\nSO-1,B,CUP,1\nSO-1,C,SKU-1,1\n"
    done = shop(
        "import", "orders", write("o.csv", "number,customer_reference,sku,quantity\n" + rows)
    )

    reason = "customer_reference differs from line 2 of the same document"
    assert told(done) == [f"refused o.csv:3 {reason}", f"refused o.csv:4 {reason}"]
    assert "orders          1    0        0              0        0        1" in done.stdout


def test_bytes_that_are_no_text_are_kept_and_refused_until_they_are_mended(
    shop, write, ask, tmp_path
):
    errors = tmp_path / "refused.csv"
    content = "number,customer_reference,sku,quantity\n1,Caf\xe9,TEA,1\n2,a\0b,TEA,1\n3,,TEA,1\n"
    first = shop("import", "orders", write("o.csv", content.encode("latin-1")), "--errors", errors)
    assert len(told(first)) == 2
    refused = rows_of(errors)
    assert refused[0]["refused_raw"] == "1,Café,TEA,1"

    again = shop("import", "orders", errors)
    assert again.stderr.count("is not text") == 2

    refused[0]["customer_reference"], refused[1]["customer_reference"] = "Café", "ab"
    rewrite(errors, refused)
    # The option that was right for the shop's own file is not for ours.
    assert shop("import", "orders", errors, "--encoding", "cp1252", "--delimiter", ";").stderr == ""
    assert ask(
        "SELECT o.number, c.reference FROM orders o"
        " LEFT JOIN order_customer c ON c.order_id = o.id ORDER BY 1"
    ) == [
        ("1", "Café"),
        ("2", "ab"),
        ("3", None),
    ]


def test_orders_in_two_files_go_in_from_one_file_of_refused_rows(shop, write, ask, tmp_path):
    errors = tmp_path / "refused.csv"
    heads = write("heads.csv", "number,currency\n1,EUR\n2,QQQ\n3,EUR\n")
    lines = write("lines.csv", "number,sku,quantity\n1,TEA,1\n2,TEA,1\n2,CUP,1\n3,TEA,many\n")
    first = shop("import", "orders", heads, "--lines", lines, "--errors", errors)
    assert len(told(first)) == 2
    refused = rows_of(errors)
    assert [row["refused_as"] for row in refused] == ["orders", "orders"] + ["order_lines"] * 3

    refused[0]["currency"], refused[-1]["quantity"] = "JPY", "7"
    rewrite(errors, refused)
    done = shop("import", "orders", errors, "--lines", errors)

    assert (done.returncode, done.stderr) == (0, "")
    assert ask("SELECT number, currency FROM orders ORDER BY 1") == [
        ("1", "EUR"),
        ("2", "JPY"),
        ("3", "EUR"),
    ]


def test_purchase_orders_in_two_files_keep_their_date_in_the_file_of_refused_rows(
    shop, write, ask, tmp_path
):
    errors = tmp_path / "refused.csv"
    heads = write("heads.csv", "number,expected_on\nPO-1,2190-01-31\n")
    lines = write("lines.csv", "number,sku,units\nPO-1,TEA,none\n")
    shop("import", "purchase-orders", heads, "--lines", lines, "--errors", errors)
    refused = rows_of(errors)
    next(row for row in refused if row["units"])["units"] = "5"
    rewrite(errors, refused)
    done = shop("import", "purchase-orders", errors, "--lines", errors)

    assert (done.returncode, done.stderr) == (0, "")
    assert ask("SELECT expected_on::text FROM purchase_order") == [("2190-01-31",)]


def test_a_folder_goes_in_from_one_file_of_refused_rows(shop, write, ask, tmp_path):
    write("makers.csv", "id,name\n1,Leaf\n")
    write("items.csv", "sku,supplier,units\nA,1,5\nB,1,many\nC,2,3\n")
    write("sales.csv", "number,sku,quantity\n1,A,1\n2,B,none\n")
    mapping = write("m.toml", """
[merchant]
id = "acme"
[suppliers]
file = "makers.csv"
[products]
file = "items.csv"
[stock]
file = "items.csv"
[orders]
file = "sales.csv"
[order_lines]
file = "sales.csv"
""")  # fmt: skip
    errors = tmp_path / "refused.csv"
    folder = ("import", "folder", tmp_path, "--mapping", mapping)
    first = shop(*folder, "--errors", errors)
    refused = rows_of(errors)
    assert [(row["refused_in"], row["refused_line"], row["refused_as"]) for row in refused] == [
        ("items.csv", "3", "stock"),
        ("items.csv", "4", "products stock"),
        ("sales.csv", "3", "orders order_lines"),
    ]
    assert len(told(first)) == 4

    refused[0]["units"], refused[1]["supplier"], refused[2]["quantity"] = "2", "1", "2"
    rewrite(errors, refused)
    done = shop(*folder, "--mended", errors)

    assert (done.returncode, done.stderr) == (0, "")
    assert ask("SELECT sku, on_hand FROM stock_level ORDER BY 1") == [("A", 5), ("B", 2), ("C", 3)]
    assert ask("SELECT number FROM orders ORDER BY 1") == [("1",), ("2",)]

    other = shop(*folder, "--mended", tmp_path / "sales.csv")
    assert other.returncode == 2
    assert "is no file of refused rows" in other.stderr


def test_stock_is_not_counted_twice_when_it_comes_from_a_file_of_refused_rows(
    shop, write, ask, tmp_path
):
    errors = tmp_path / "refused.csv"
    shop("import", "stock", write("s.csv", "sku,units\nTEA,5\n"))
    shop("import", "stock", write("s.csv", "sku,units\nTEA,6\n"), "--errors", errors)
    done = shop("import", "stock", errors)

    assert "was counted before with 5 units under the name 's.csv'" in done.stderr
    assert ask("SELECT sku, on_hand FROM stock_level") == [("TEA", 5)]


@pytest.mark.parametrize(
    "content", ["number,sku,quantity\n", "number,sku,quantity", "\n\nnumber,sku,quantity\r\n\r\n"]
)
def test_nothing_is_refused_when_a_file_has_a_header_only(shop, write, content):
    done = shop("import", "orders", write("o.csv", content))

    assert (done.returncode, done.stderr) == (0, "")


def csv_row(cells: list[str]) -> str:
    file = StringIO()
    csv.writer(file, lineterminator="\n").writerow(cells)
    return file.getvalue()


def unclosed(chance: random.Random, row: list[str]) -> str:
    """A quote that is opened in a cell of one line, and not closed."""
    cells = [csv_row([cell]).rstrip("\n") for cell in row]
    at = chance.choice([at for at, cell in enumerate(row) if "\n" not in cell])
    cells[at] = '"' + row[at].replace('"', '""')
    return ",".join(cells) + "\n"


def one_cell_less(chance: random.Random, row: list[str]) -> str:
    at = chance.randrange(1, len(row))
    return csv_row(row[:at] + row[at + 1 :])


def one_cell_more(_: random.Random, row: list[str]) -> str:
    return csv_row([*row, "more"])


def with_nul(chance: random.Random, row: list[str]) -> str:
    at = chance.randrange(1, len(row))
    return csv_row([cell + "\0" * (index == at) for index, cell in enumerate(row)])


def bad_quantity(chance: random.Random, row: list[str]) -> str:
    return csv_row([*row[:3], chance.choice(["0", "-1", "few", "", "1.5"]), *row[4:]])


def too_many_digits(_: random.Random, row: list[str]) -> str:
    return csv_row([*row[:4], "1.005", *row[5:]])


def stray_quote(_: random.Random, row: list[str]) -> str:
    return csv_row(row[:-1]).rstrip("\n") + ',"a "b" c"\n'


BREAKS = [
    unclosed, one_cell_less, one_cell_more, with_nul, bad_quantity, too_many_digits, stray_quote,
]  # fmt: skip


def good_orders(chance: random.Random) -> dict[str, list[list[str]]]:
    orders = {}
    for n in range(chance.randrange(2, 12)):
        skus = chance.sample(SKUS, chance.randrange(1, 4))
        head = [f"SO-{n}", chance.choice(["", "a, b", 'the "shop"', "plain"])]
        price = chance.choice(["", "9.80", "14"])
        orders[head[0]] = [
            [*head, sku, str(chance.randrange(1, 9)), price, chance.choice(TEXTS)] for sku in skus
        ]
    return orders


class Case:
    """A file of good orders, some rows of which are broken."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.orders = good_orders(chance)
        self.rows = [row for of in self.orders.values() for row in of]
        if chance.random() < 0.3:
            chance.shuffle(self.rows)
        most = min(4, len(self.rows))
        broken = set(chance.sample(range(len(self.rows)), chance.randrange(1, most + 1)))
        self.hit = {self.rows[at][0] for at in broken}
        self.lines: dict[str, tuple[list[str], str]] = {}
        self.content, line = csv_row(HEADER), 2
        for at, row in enumerate(self.rows):
            text = chance.choice(BREAKS)(chance, row) if at in broken else csv_row(row)
            self.lines[str(line)] = (row, text)
            self.content += text
            line += text.count("\n")

    def is_as_it_stood(self, refused: dict[str, str]) -> bool:
        """Whether what is kept of a row that could not be read is its text, or its first line."""
        text = self.lines[refused["refused_line"]][1].replace("\0", "\u2400").splitlines()
        return refused["refused_raw"] in {"", text[0], "\u2424".join(text)}

    def mended(self, refused: dict[str, str]) -> dict[str, str]:
        row = self.lines[refused["refused_line"]][0]
        return refused | dict(zip(HEADER, row, strict=True))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_good_orders_go_in_and_mended_rows_bring_the_rest(shop, write, ask, tmp_path, seed):
    case = Case(seed)
    errors = tmp_path / "refused.csv"
    shop("import", "orders", write("o.csv", case.content), "--errors", errors)

    assert set(ask("SELECT number FROM orders")) == {(n,) for n in case.orders.keys() - case.hit}
    # Other lines are what a quote that is not closed left of a cell over several lines.
    refused = [row for row in rows_of(errors) if row["refused_line"] in case.lines]
    named = [case.lines[row["refused_line"]][0] for row in refused]
    assert named == [row for row in case.rows if row[0] in case.hit]
    assert all(map(case.is_as_it_stood, refused))

    rewrite(errors, [case.mended(row) for row in refused])
    done = shop("import", "orders", errors)

    assert (done.returncode, done.stderr) == (0, "")
    stored = ask(
        "SELECT o.number, l.sku, l.ordered FROM orders o JOIN order_line l ON l.order_id = o.id"
    )
    assert sorted(stored) == sorted((row[0], row[2], int(row[3])) for row in case.rows)
