"""Five weeks of a wholesaler, as they are: cancels, negatives, SKUs twice, what is no SKU."""

import csv
import gzip
import re
import time
from collections import defaultdict
from pathlib import Path

import pytest

from tests.cli.test_import import summary

DATA = Path(__file__).parents[3] / "shared" / "data" / "online-retail" / "2010-12_2011-01.csv.gz"
SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,62}")
MAPS = (
    "number=InvoiceNo", "placed_at=InvoiceDate", "customer_reference=CustomerID",
    "sku=StockCode", "quantity=Quantity", "unit_price=UnitPrice",
)  # fmt: skip
MOST_SECONDS = 180

Rows = dict[str, list[dict[str, str]]]


@pytest.fixture
def weeks(write) -> tuple[Path, Rows]:
    """The file, and its rows by invoice."""
    if not DATA.exists():
        pytest.skip(reason="the wholesaler's weeks (online-retail) are not beside this folder")
    content = gzip.decompress(DATA.read_bytes())
    rows: Rows = defaultdict(list)
    for row in csv.DictReader(content.decode().splitlines(keepends=True)):
        rows[row["InvoiceNo"]].append(row)
    return write("weeks.csv", content), rows


def is_one_order(rows: list[dict[str, str]]) -> bool:
    """A few invoices were written over a change of the minute: their rows do not agree."""
    return len({row["InvoiceDate"] for row in rows}) == 1


def is_good(row: dict[str, str]) -> bool:
    return int(row["Quantity"]) > 0 and SKU.fullmatch(row["StockCode"]) is not None


@pytest.mark.slow
def test_weeks_of_a_wholesaler_go_in_but_for_what_is_named(pegboard, write, ask, weeks, tmp_path):
    file, rows = weeks
    skus = sorted({row["StockCode"] for of in rows.values() for row in of if is_good(row)})
    products = write("products.csv", "sku\n" + "\n".join(skus) + "\n")
    assert (
        pegboard("import", "products", products, "--merchant", "acme", "--create").returncode == 0
    )
    errors = tmp_path / "refused.csv"
    maps = [word for pair in MAPS for word in ("--map", pair)]
    options = (*maps, "--set", "currency=GBP", "--skus-repeat", "--errors", errors)

    began = time.monotonic()
    done = pegboard("import", "orders", file, *options)
    seconds = time.monotonic() - began

    good = {number: of for number, of in rows.items() if is_one_order(of) and all(map(is_good, of))}
    bad = sum(len(of) for number, of in rows.items() if number not in good)
    lines = sum(map(len, good.values()))
    assert done.returncode == 1
    assert summary(done, "orders")[:2] == [len(rows), len(good)]
    assert summary(done, "order lines") == [lines + bad, lines, 0, 0, 0, bad]
    assert ask(
        "SELECT count(DISTINCT order_id), count(*), sum(ordered),"
        " sum(ordered * unit_price_minor)::bigint FROM order_line"
    ) == [
        (
            len(good),
            lines,
            sum(int(row["Quantity"]) for of in good.values() for row in of),
            sum(
                int(row["Quantity"]) * round(float(row["UnitPrice"]) * 100)
                for of in good.values()
                for row in of
            ),
        )
    ]
    with errors.open(encoding="utf-8", newline="") as refused:
        assert sum(1 for _ in csv.DictReader(refused)) == bad
    assert seconds < MOST_SECONDS
