from pathlib import Path

import pytest

from cli.errors import UsageError
from cli.importing import mapping
from cli.importing.spool import Piece, Spool
from cli.importing.table import Row, Table


def read(path: Path, **given: str) -> list[tuple[int, tuple[str, ...], str | None]]:
    return [(row.line, row.cells, row.fault) for row in Table(path, **given).rows()]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_rows_are_the_same_however_the_file_is_written(write, sign, end, mark):
    lines = ["a{}b", "1{}x", "", '2{}"y', 'z"', "{}", "3{}w", ""]
    path = write("t.csv", mark + end.join(line.replace("{}", sign) for line in lines))

    assert read(path) == [
        (2, ("1", "x"), None),
        (4, ("2", f"y{end}z"), None),
        (7, ("3", "w"), None),
    ]


def test_row_is_told_apart_when_it_has_another_number_of_cells(write):
    path = write("t.csv", "a,b\n1\n1,2,\n1,2,3\n")

    faults = [fault for _, _, fault in read(path)]
    assert faults == [
        "has 1 cells where the header has 2",
        None,
        "has 3 cells where the header has 2",
    ]


def test_only_the_bad_row_is_refused_when_a_byte_is_no_text(write):
    path = write("t.csv", b"a,b\n1,caf\xe9\n2,ok\n")

    assert [fault for _, _, fault in read(path)] == ["is not text in utf-8", None]
    assert [cells for _, cells, _ in read(path, encoding="cp1252")] == [("1", "café"), ("2", "ok")]


def test_reading_ends_with_a_refused_row_when_a_quote_is_never_closed(write):
    rows = read(write("t.csv", 'a,b\n1,x\n2,"y\n3,z\n'))

    assert rows[0] == (2, ("1", "x"), None)
    assert rows[1][0] == 3
    assert "can not be read as CSV" in str(rows[1][2])


@pytest.mark.parametrize("content", ["", "\n\n", b"\xff\xfea\x00,\x00b\x00"])
def test_file_is_refused_when_it_has_no_header(write, content):
    with pytest.raises(UsageError):
        Table(write("t.csv", content))


def test_documents_come_by_rank_with_their_parts_when_the_file_is_in_any_order():
    def piece(line: int) -> Piece:
        return Piece(Row(line, (str(line),)), good=True)

    with Spool() as spool:
        spool.add_part("B", piece(1))
        assert spool.add_head("A", "2", piece(2))
        assert spool.add_head("B", "1", piece(3))
        assert not spool.add_head("A", "0", piece(4))
        for line in (5, 6):
            spool.add_part("A", piece(line))
        spool.add_part("C", piece(7))
        batches = list(spool.batches(1))
        orphans = [part.row.line for part in spool.orphans()]

    told = [(d.number, [part.row.line for part in d.parts]) for batch in batches for d in batch]
    assert told == [("B", [1]), ("A", [5, 6])]
    assert orphans == [7]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("products = 3", "products"),
        ("[products]\nfile = 'a.csv'\ncolumns = {skew = 'id'}", "no field 'skew'; it has: sku"),
        ("[products]\nfile = 'a.csv'\nshape = 1", "shape"),
        ("[products]\ncolumns = {}", "products.file"),
        ("[orders]\nfile = 'a.csv'", "described together"),
        ("[receipt_lines]\nfile = 'a.csv'", "receipts and receipt_lines are described together"),
        ("[merchant]\nid = 'A B'", "merchant.id"),
        ("[merchant]\nid = 'a'\ntime_zone = 'Mars/Base'", "no time zone"),
        ("[merchant]\nid = 'a'\ncurrency = 'QQQ'", "merchant.currency: there is no currency"),
        ("[formats]\nmoney_digits = 4", "follow its currency (ISO 4217); round_money = true"),
        ("[products]\nfile = 'a.csv'\ntemplates = {sku = '{a!r}'}", "may hold"),
        ("[formats]\ndecimal = ','\nthousands = ','", "are the same"),
        ("not toml", "is not TOML"),
    ],
)
def test_mapping_file_is_refused_naming_what_is_wrong(text, words):
    with pytest.raises(UsageError, match=r"m\.toml") as refused:
        mapping.parse(text, "m.toml")

    assert words in str(refused.value)


def test_every_preset_can_be_read():
    assert mapping.presets() == ["northwind"]
    assert set(mapping.load("northwind").sheets) >= {"products", "stock", "orders"}
