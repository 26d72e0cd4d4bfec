import csv
import stat
from concurrent.futures import ThreadPoolExecutor
from subprocess import CompletedProcess

import pytest

from fulfillment.store.commands.catalogue import (
    NewLocation,
    NewMerchant,
    NewProduct,
    put_location,
    put_merchant,
    put_products,
)

PRODUCTS = "sku,name,supplier\nTEA,Green tea,Leaf\nCUP,Cup,Clay\n"
STOCK = "sku,units\nTEA,5\nCUP,0\n"
ORDERS = (
    "number,placed_at,ship_by,address.name,address.city,sku,quantity,unit_price\n"
    "SO-1,2026-03-01,2026-03-09,Ada Example,Vienna,TEA,2,9.80\n"
    "SO-1,2026-03-01,2026-03-09,Ada Example,Vienna,CUP,1,3\n"
    "SO-2,2026-02-01,2026-03-09,Bob Example,Graz,TEA,1,9.80\n"
)
PURCHASES = "number,supplier,sku,units,expected_on\nPO-1,Leaf,TEA,7,2030-01-31\n"


@pytest.fixture
def shop(pegboard, store):
    """The command, with a merchant that has two products and a location."""
    put_merchant(store, NewMerchant("acme", "Acme"))
    put_location(store, NewLocation("main", "Main", serves={"acme": 1}))
    put_products(
        store,
        "acme",
        [
            NewProduct("TEA", "Green tea", supplier="Leaf"),
            NewProduct("CUP", "Cup", supplier="Clay"),
        ],
    )
    return pegboard


def summary(done: CompletedProcess[str], kind: str) -> list[int]:
    """The numbers of one kind: read, new, changed, already there, skipped, refused."""
    line = next(x for x in done.stdout.splitlines() if x.strip().startswith(f"{kind}  "))
    return [int(number.replace(",", "")) for number in line.split()[-6:]]


def test_products_and_stock_go_in_once_when_they_are_imported_twice(pegboard, write, ask):
    products, stock = write("p.csv", PRODUCTS), write("s.csv", STOCK)
    first = pegboard("import", "products", products, "--merchant", "acme", "--create")
    second = pegboard("import", "products", products)
    counted = pegboard("import", "stock", stock, "--location", "main", "--create")
    again = pegboard("import", "stock", stock)

    assert [run.returncode for run in (first, second, counted, again)] == [0] * 4
    assert summary(first, "products") == [2, 2, 0, 0, 0, 0]
    assert summary(second, "products") == [2, 0, 0, 2, 0, 0]
    assert summary(counted, "stock") == [2, 1, 0, 0, 1, 0]
    assert summary(again, "stock") == [2, 0, 0, 1, 1, 0]
    assert "was not added again" in again.stdout
    assert ask("SELECT sku, on_hand FROM stock_level") == [("TEA", 5)]
    assert ask("SELECT sku, name, supplier FROM product ORDER BY sku") == [
        ("CUP", "Cup", "Clay"),
        ("TEA", "Green tea", "Leaf"),
    ]


def test_units_are_not_counted_twice_when_the_corrected_file_is_imported(shop, write, ask):
    shop("import", "stock", write("s.csv", STOCK))
    corrected = write("s.csv", "sku,units\nTEA,6\nCUP,4\n")

    done = shop("import", "stock", corrected)
    assert done.returncode == 1
    assert "s.csv:2 units was counted before with 5 units" in done.stderr
    assert ask("SELECT sku, on_hand FROM stock_level ORDER BY sku") == [("CUP", 4), ("TEA", 5)]

    recount = shop("import", "stock", corrected, "--count", "delivery 2")
    assert recount.returncode == 0
    assert ask("SELECT sku, on_hand FROM stock_level ORDER BY sku") == [("CUP", 8), ("TEA", 11)]


def test_product_keeps_what_the_file_does_not_tell_when_it_is_put_again(shop, write, ask):
    limits = write("l.csv", "sku,backorder_limit\nTEA,9\n")
    assert shop("import", "products", limits).returncode == 0

    names = write("n.csv", "id;title\nTEA;Black tea\nCUP;Cup\n")
    done = shop("import", "products", names, "--map", "sku=id", "--map", "name=title")

    assert summary(done, "products") == [2, 0, 1, 1, 0, 0]
    assert ask("SELECT name, supplier, backorder_limit FROM product WHERE sku = 'TEA'") == [
        ("Black tea", "Leaf", 9)
    ]


def test_orders_go_in_once_and_by_rank_when_each_row_is_a_line(shop, write, ask):
    file = write("o.csv", ORDERS)
    first, second = shop("import", "orders", file), shop("import", "orders", file)

    assert (first.returncode, second.returncode) == (0, 0)
    assert summary(first, "orders") == [2, 2, 0, 0, 0, 0]
    assert summary(first, "order lines") == [3, 3, 0, 0, 0, 0]
    assert summary(second, "orders") == [2, 0, 0, 2, 0, 0]
    assert ask("SELECT number FROM orders ORDER BY intake_seq") == [("SO-2",), ("SO-1",)]
    assert ask("SELECT line, sku, ordered, unit_price_minor FROM order_line ORDER BY 1, 2") == [
        (1, "TEA", 1, 980),
        (1, "TEA", 2, 980),
        (2, "CUP", 1, 300),
    ]
    assert ask("SELECT count(*) FROM outbox WHERE kind = 'start_order'") == [(2,)]


def test_good_orders_go_in_and_bad_rows_are_told_without_their_content(shop, write, ask, tmp_path):
    heads = (
        "id;day;name\n1;2026-03-01;Ada Example\n2;01.03.2026;Bob Example\n"
        "3;2026-03-01;Eve Example\n4;2026-03-01;Kim Example\n5;2026-03-01;Joe Example\n"
        "1;2026-03-01;Ada Example\n"
    )
    lines = (
        'id;item;pieces\n1;TEA;2\n1;CUP;1\n2;TEA;1\n3;NOPE;1\n3;TEA;1\n4;TEA;-1\n9;TEA;1\n7;"TEA\n'
    )
    refused = tmp_path / "refused.csv"
    done = shop(
        "import", "orders", write("heads.csv", heads), "--lines", write("lines.csv", lines),
        "--map", "number=id", "--map", "placed_at=day", "--map", "address.name=name",
        "--map-line", "number=id", "--map-line", "sku=item", "--map-line", "quantity=pieces",
        "--errors", refused,
    )  # fmt: skip

    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if line.startswith("refused")]
    assert told == [
        "refused heads.csv:3 day is not a date like 2024-05-31 or 2024-05-31T14:00:00+02:00",
        "refused heads.csv:7 id is there already in line 2",
        "refused lines.csv:7 pieces must be positive",
        "refused lines.csv:9 opens a quote that is not closed",
        "refused heads.csv:6 id has no lines in lines.csv",
        "refused lines.csv:5 item there is no active product NOPE",
        "refused lines.csv:8 id is not in heads.csv",
    ]
    assert "Example" not in done.stdout + done.stderr
    assert ask("SELECT number FROM orders") == [("1",)]
    assert summary(done, "orders") == [6, 1, 0, 0, 0, 5]
    assert summary(done, "order lines") == [8, 2, 0, 0, 0, 6]
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    rows = list(csv.DictReader(refused.read_text().splitlines()))
    assert len(rows) == 11
    assert [row["name"] for row in rows if row["refused_in"] == "heads.csv"].count("Bob Example")


def test_order_is_refused_when_the_same_number_has_other_content(shop, write, ask):
    shop("import", "orders", write("o.csv", ORDERS))
    changed = shop("import", "orders", write("o.csv", ORDERS.replace("TEA,1,", "TEA,4,")))

    assert changed.returncode == 1
    assert "o.csv:4 number order SO-2 exists with other content" in changed.stderr
    assert summary(changed, "orders") == [2, 0, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            "SO-1,2026-03-01,2026-04-09,Ada Example,Vienna,CUP,1,3",
            "o.csv:3 ship_by differs",
        ),
        ("SO-1,2026-03-01,2026-03-09,Ada Example,Vienna,TEA,2,9.80", "o.csv:3 sku is there twice"),
    ],
)
def test_whole_order_is_refused_when_its_rows_do_not_fit(shop, write, ask, row, words):
    lines = ORDERS.splitlines()
    done = shop("import", "orders", write("o.csv", "\n".join([*lines[:2], row, lines[3]])))

    assert done.returncode == 1
    assert words in done.stderr
    assert ask("SELECT number FROM orders") == [("SO-2",)]


CURRENCIES = (
    "number,currency,sku,quantity,unit_price\n"
    "SO-1,JPY,TEA,1,150\nSO-2,KWD,TEA,1,1.234\nSO-3,,TEA,1,9.80\n"
    "SO-4,JPY,TEA,1,0.5\nSO-5,QQQ,TEA,1,1\nSO-6,,CUP,1,356.898\n"
)


def test_prices_have_the_digits_of_their_orders_currency(shop, write, ask):
    done = shop("import", "orders", write("o.csv", CURRENCIES))

    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("refused")] == [
        "refused o.csv:6 currency is no currency of ISO 4217 (three capital letters, as in EUR)",
        "refused o.csv:5 unit_price has more digits after the point than JPY has (0)",
        "refused o.csv:7 unit_price has more digits after the point than USD has (2)",
    ]
    assert ask(PRICES) == [("SO-1", "JPY", 150), ("SO-2", "KWD", 1234), ("SO-3", "USD", 980)]

    rounded = shop("import", "orders", write("o.csv", CURRENCIES), "--round-money")
    assert rounded.stderr.count("refused o.csv") == 1
    assert ask(PRICES)[3:] == [("SO-4", "JPY", 1), ("SO-6", "USD", 35690)]


PRICES = (
    "SELECT o.number, o.currency, l.unit_price_minor FROM orders o"
    " JOIN order_line l ON l.order_id = o.id ORDER BY 1"
)


def test_purchase_orders_go_in_once_with_their_dates(shop, write, ask):
    file = write("po.csv", PURCHASES)
    first, second = shop("import", "purchase-orders", file), shop("import", "purchase-orders", file)
    other = shop("import", "purchase-orders", write("po.csv", PURCHASES.replace("7,", "8,")))

    assert summary(first, "purchase orders") == [1, 1, 0, 0, 0, 0]
    assert summary(second, "purchase orders") == [1, 0, 0, 1, 0, 0]
    assert other.returncode == 1
    assert "other content" in other.stderr
    assert ask("SELECT number, supplier, status FROM purchase_order") == [
        ("PO-1", "Leaf", "approved")
    ]
    assert ask("SELECT sku, location, ordered, expected_on::text FROM supply") == [
        ("TEA", "main", 7, "2030-01-31")
    ]


def test_lines_of_purchase_orders_name_packs_and_what_is_wrong_of_them_is_found(
    shop, write, ask, store
):
    tea = NewProduct("TEA", "Green tea", supplier="Leaf", packs={"carton": 12})
    put_products(store, "acme", [tea, NewProduct("CUP", "Cup", active=False)])
    rows = "PO-1,TEA,3,carton\nPO-2,TEA,1,pallet\nPO-3,TEA,2,\nPO-4,CUP,1,\n"
    done = shop("import", "purchase-orders", write("po.csv", f"number,sku,units,pack\n{rows}"))

    assert done.returncode == 1
    assert "po.csv:3 pack TEA has no pack 'pallet'; it has: carton" in done.stderr
    assert "po.csv:5 sku" in done.stderr
    assert ask("SELECT sku, document, ordered FROM supply ORDER BY 2") == [
        ("TEA", "PO-1", 36), ("TEA", "PO-3", 2),
    ]  # fmt: skip


def test_nothing_is_written_when_it_is_a_dry_run(pegboard, write, ask):
    done = pegboard("import", "products", write("p.csv", PRODUCTS), "--merchant", "acme",
                    "--create", "--dry-run")  # fmt: skip

    assert done.returncode == 0
    assert "nothing written" in done.stdout
    assert summary(done, "products") == [2, 2, 0, 0, 0, 0]
    assert ask("SELECT count(*) FROM merchant") == [(0,)]


def test_dry_run_says_what_intake_would_refuse(shop, write, ask):
    shop("import", "orders", write("o.csv", ORDERS))
    more = ORDERS.replace("SO-2", "SO-3") + "SO-4,2026-03-01,,Kim,Graz,NOPE,1,1\n"
    done = shop("import", "orders", write("o.csv", more), "--dry-run")

    assert done.returncode == 1
    assert "o.csv:5 sku there is no active product NOPE" in done.stderr
    assert summary(done, "orders") == [3, 1, 0, 1, 0, 1]
    assert ask("SELECT count(*) FROM orders") == [(2,)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("products", "nothing.csv"), "nothing.csv can not be read: No such file"),
        (("products", "{p}", "--map", "sku=skew"), "has no column 'skew' (for the 'sku' of"),
        (("products", "{p}", "--map", "skew=sku"), "no field 'skew'; it has: sku"),
        (("products", "{p}", "--map", "sku"), "--map takes FIELD=..."),
        (("products", "{p}", "--set", "reorder_level=few"), "the constant reorder_level"),
        (("products", "{p}", "--encoding", "klingon"), "no encoding 'klingon'"),
        (("stock", "{p}"), "no column gives the 'units' of stock; the file has: sku, name"),
        (("orders", "{p}", "--map", "nubmer=sku"), "no field 'nubmer'"),
        (("products", "{p}", "--errors", "{p}"), "would overwrite"),
        (("folder", "{folder}", "--mapping", "nope"), "presets: northwind"),
        (("folder", "{folder}", "--mapping", "northwind"), "suppliers.csv can not be read"),
        (("folder", "{folder}", "--mapping", "{p}"), "is not TOML"),
    ],
)
def test_wrong_usage_is_told_in_one_line_with_code_two(shop, write, tmp_path, arguments, words):
    names = {"p": str(write("p.csv", PRODUCTS)), "folder": str(tmp_path)}
    done = shop("import", *(argument.format(**names) for argument in arguments))

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_code_is_three_when_there_is_no_database(without_database, write):
    file = write("p.csv", PRODUCTS)
    for variables in ({}, {"PEGBOARD_DATABASE_URL": "postgresql+psycopg://x:y@127.0.0.1:1/z"}):
        done = without_database("import", "products", file, "--merchant", "a", **variables)

        assert done.returncode == 3
        assert "database" in done.stderr
        assert done.stderr.count("\n") == 1


def test_merchant_is_not_made_up_when_nobody_asked_to_create_it(pegboard, write, ask):
    done = pegboard("import", "products", write("p.csv", PRODUCTS), "--merchant", "acme")

    assert done.returncode == 1
    assert "there is no merchant acme (--create makes it)" in done.stderr


def test_stock_is_counted_once_when_two_imports_run_at_the_same_time(shop, write, ask):
    more = write("more.csv", "sku,units\n" + "TEA,3\nCUP,2\n")
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: shop("import", "stock", more), range(3)))

    assert 0 in {run.returncode for run in done}
    for run in done:
        assert run.returncode == 0 or "another import for acme is running" in run.stderr
    assert ask("SELECT sku, on_hand FROM stock_level ORDER BY sku") == [("CUP", 2), ("TEA", 3)]


def test_folder_goes_in_with_names_dates_and_lookups_of_its_mapping(pegboard, write, ask, tmp_path):
    write("items.csv", "id;label;maker;there;coming\nA;Tea;1;1.000;3\nB;Cup;1;;0\n")
    write("makers.csv", "id;name\n1;Leaf\n")
    write("sales.csv", "nr;day;land;item;n;price\n7;31.12.2025;Austria;A;2;1.234,5\n")
    write("m.toml", """
[merchant]
id = "acme"
time_zone = "Europe/Vienna"
currency = "EUR"
[location]
id = "vienna"
[formats]
dates = ["%d.%m.%Y"]
decimal = ","
thousands = "."
[suppliers]
file = "makers.csv"
[products]
file = "items.csv"
columns = { sku = "id", name = "label", supplier = "maker" }
[stock]
file = "items.csv"
columns = { sku = "id", units = "there" }
[purchase_orders]
file = "items.csv"
columns = { supplier = "maker" }
templates = { number = "PO-{maker}" }
skip_zero = true
[purchase_order_lines]
file = "items.csv"
columns = { sku = "id", units = "coming" }
templates = { number = "PO-{maker}" }
skip_zero = true
[orders]
file = "sales.csv"
columns = { number = "nr", placed_at = "day", "address.country" = "land" }
constants = { priority = 20 }
lookups = { "address.country" = { Austria = "AT" } }
[order_lines]
file = "sales.csv"
columns = { number = "nr", sku = "item", quantity = "n", unit_price = "price" }
""")  # fmt: skip
    arguments = ("import", "folder", tmp_path, "--mapping", tmp_path / "m.toml", "--create")
    done = pegboard(*arguments)

    assert "items.csv:3 there is empty" in done.stderr
    assert done.returncode == 1
    assert ask("SELECT sku, on_hand FROM stock_level") == [("A", 1000)]
    assert ask("SELECT number, supplier FROM purchase_order") == [("PO-1", "Leaf")]
    assert ask("SELECT priority, placed_at::text, currency FROM orders") == [
        (20, "2025-12-30 23:00:00+00", "EUR")
    ]
    assert ask("SELECT address->>'country' FROM order_customer") == [("AT",)]
    assert ask("SELECT unit_price_minor FROM order_line") == [(123450,)]


def test_names_go_in_as_shops_write_them(shop, write, ask):
    products = write("p.csv", "sku,name\nKäse + 1/2,Käse\ntea,Small tea\n")
    orders = write(
        "o.csv",
        "number,sku,quantity,address.name,address.instructions\n"
        ' #1001 ,Käse + 1/2,1,Zebedee,"Ring twice.\nGate  7"\n',
    )
    first = shop("import", "products", products)
    second = shop("import", "orders", orders)
    shown = shop("order", "show", "#1001", "--json")

    assert [run.returncode for run in (first, second, shown)] == [0] * 3
    assert "differ only by case are products of their own: TEA and tea" in first.stdout
    assert ask("SELECT number, sku FROM orders o JOIN order_line l ON l.order_id = o.id") == [
        ("#1001", "Käse + 1/2")
    ]
    assert ask("SELECT address ->> 'instructions' FROM order_customer") == [
        ("Ring twice.\nGate 7",)
    ]


def test_orders_say_how_and_until_when_they_are_sent(shop, write, ask):
    orders = write(
        "o.csv",
        "number,sku,quantity,wanted_on,shipping_method,deliver_by,packer_note\n"
        "SO-1,TEA,1,2190-03-01,express,2190-03-10,Gift\n",
    )
    assert shop("import", "orders", orders).returncode == 0
    made = shop(
        "order", "create", "SO-2", "TEA=1,2190-03-02", "CUP=2@150", "--shipping-method", "express",
        "--deliver-by", "2190-03-11", "--packer-note", "Gift",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr

    assert ask(
        "SELECT o.number, shipping_method, deliver_by::text, packer_note, l.line, wanted_on::text"
        " FROM orders o JOIN order_customer c ON c.order_id = o.id"
        " JOIN order_line l ON l.order_id = o.id ORDER BY 1, 5"
    ) == [
        ("SO-1", "express", "2190-03-10", "Gift", 1, "2190-03-01"),
        ("SO-2", "express", "2190-03-11", "Gift", 1, "2190-03-02"),
        ("SO-2", "express", "2190-03-11", "Gift", 2, None),
    ]
    assert "deliver by 2190-03-10" in shop("order", "show", "SO-1").stdout
