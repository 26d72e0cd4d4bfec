import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from importing import mapping
from importing.errors import UnfitFileError
from importing.records import Records, Row
from importing.spool import Piece, Spool
from importing.table import Table


def read(path: Path, **given: str) -> list[tuple[int, tuple[str, ...], str | None]]:
    return [(row.line, row.cells, row.fault) for row in Table(path, **given).rows()]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_rows_are_the_same_however_the_file_is_written(write, sign, end, mark):
    lines = ["a{}b", "1{}x", "", '2{}"y', 'z"', "{}", "3{}w", ""]
    path = write("t.csv", mark + end.join(line.replace("{}", sign) for line in lines))

    assert read(path) == [
        (2, ("1", "x"), None),
        (4, ("2", f"y{end}z"), None),
        (7, ("3", "w"), None),
    ]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;\r", '"sep=;"', "\ufeffsep=;", "sep=;;;"])
def test_the_delimiter_is_understood_when_a_first_line_names_it(write, first):
    path = write("t.csv", f"{first}\na;b,c,d\n1;x,y,z\n")

    table = Table(path)
    assert table.header == ("a", "b,c,d")
    assert read(path) == [(3, ("1", "x,y,z"), None)]
    assert read(path, delimiter=";") == read(path)


def test_a_row_that_looks_so_is_a_row_where_it_is_not_the_first(write):
    path = write("t.csv", "a\nsep=;\n")
    assert read(path) == [(2, ("sep=;",), None)]


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


NOT_CLOSED = "opens a quote that is not closed"
TWICE = "has a quote inside a quoted cell that is not written twice"
DOUBT = "lies in a cell from line 2 to line 4 that holds what looks like rows"


@pytest.mark.parametrize(
    ("rows", "good", "bad"),
    [
        ('1,"x\n2,y\n3,z\n', [3, 4], {2: NOT_CLOSED}),
        ('1,x\n2,"y\n3,"z, w"\n4,v\n', [2, 4, 5], {3: NOT_CLOSED}),
        ('1,x\n2,"y', [2], {3: NOT_CLOSED}),
        ('1,"x\n2,"y\n3,z\n', [4], {2: NOT_CLOSED, 3: NOT_CLOSED}),
        ('1,"x\n2,"y\nz"\n3,w\n', [3, 5], {2: NOT_CLOSED}),
        ('1,"say "hi" there"\n2,y\n', [3], {2: TWICE}),
        ('1,5" pipe\n2,y\n', [2, 3], {}),
        ('1,"x\n2,y\n",z\n3,w\n', [3, 5], {2: NOT_CLOSED, 4: NOT_CLOSED}),
        ('"1,", y"\n2,y\n', [3], {2: NOT_CLOSED}),
        ('1,"x\n2,y\n3,z"\n4,v\n', [5], {2: DOUBT, 3: DOUBT, 4: DOUBT}),
        ('"1,x\n2,y\n"3",z\n', [3, 4], {2: NOT_CLOSED}),
        ('1,"x\n2,", y"\n3,z\n', [3, 4], {2: NOT_CLOSED}),
        ('1,"x ""\n2,y\n', [3], {2: NOT_CLOSED}),
        ("1,x\n \n , \n,\n2,y\n", [2, 6], {}),
        ("1,x\na,b\n2,y\n", [2, 4], {3: "is the header again"}),
        ("1,x\n\ufeffa,b\n\ufeff2,y\n", [2, 4], {3: "is the header again"}),
        ("1,x\0\n2,y\n", [3], {2: "is not text in utf-8"}),
        ("1," + "x" * 200_000 + "\n2,y\n", [2, 3], {}),
        (
            '1,"' + "x" * 200_000 + '"\n2,y\n',
            [3],
            {2: "has a cell of more than"},
        ),
        ("1," + "x" * 2_000_001 + "\n2,y\n", [3], {2: "is longer than 1,000,000 characters"}),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_bad_row_takes_no_other_with_it(write, rows, good, bad, end):
    found = list(Table(write("t.csv", ("a,b\n" + rows).replace("\n", end))).rows())

    assert [row.line for row in found if not row.fault] == good
    told = {row.line: str(row.fault) for row in found if row.fault}
    assert told.keys() == bad.keys()
    for line, words in bad.items():
        assert told[line].startswith(words)


def test_cells_over_several_lines_are_taken_as_they_are_when_they_are_well_formed(write):
    cell = "Ada\nMain Street 5, top\n1010 Vienna"
    rows = read(write("t.csv", f'a,b,c\n1,"{cell}",x\n"{cell}",2,"y ""z"""\n'))

    assert rows == [(2, ("1", cell, "x"), None), (5, (cell, "2", 'y "z"'), None)]


def test_cells_over_several_lines_may_stand_beside_each_other(write):
    rows = read(write("t.csv", 'a,b\n"x\ny","z\nw"\n'))

    assert rows == [(2, ("x\ny", "z\nw"), None)]


def test_a_bad_row_has_the_cells_and_the_text_that_there_are_of_it(write):
    path = write("t.csv", 'a,b,c\n1,"x,y\n1,2,3,4\n1\n')

    assert [(row.cells, row.raw.strip()) for row in Table(path).rows()] == [
        (("1", '"x', "y"), '1,"x,y'),
        (("1", "2", "3"), "1,2,3,4"),
        (("1",), "1"),
    ]


def test_no_quote_that_is_not_closed_is_looked_for_through_the_whole_file(write):
    rows = "".join(f"{n},{'x' * 100}\n" for n in range(20_000))
    found = list(Table(write("t.csv", f'a,b\n0,"y\n{rows}')).rows())

    assert [row.line for row in found if row.fault] == [2]
    assert len(found) == 20_001


CELLS = st.one_of(
    st.text(st.sampled_from('ab",; '), max_size=6), st.text(st.sampled_from('ab"\n'), max_size=6)
)
GOOD = st.tuples(CELLS, CELLS, CELLS).map(lambda cells: ("k", *cells))


def csv_line(cells: Sequence[str]) -> str:
    file = StringIO()
    csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(cells)
    return file.getvalue()


def test_a_cell_over_two_lines_is_no_two_rows_by_the_commas_of_its_neighbours(write):
    row = ("k", ",", "a\nb", ",,")
    path = write("t.csv", csv_line(("a", "b", "c", "d")) + csv_line(row))
    assert [(found.cells, found.fault) for found in Table(path).rows()] == [(row, None)]


@given(st.lists(GOOD, min_size=1, max_size=8), st.data())
def test_every_row_that_is_not_broken_is_read_when_one_quote_is_missing(rows, data):
    texts = [csv_line(row) for row in rows]
    broken = data.draw(st.integers(0, len(rows) - 1))
    cell = data.draw(st.integers(0, 3))
    assume("\n" not in texts[broken].rstrip("\n"))
    cells = [csv_line([value]).rstrip("\n") for value in rows[broken]]
    cells[cell] = cells[cell][:-1]
    texts[broken] = ",".join(cells) + "\n"

    records = Records(StringIO("".join(texts), newline=""), ",")
    records.width = 4
    found = [row.cells for row in records if not row.fault and len(row.cells) == 4]

    good = [row for index, row in enumerate(rows) if index != broken]
    assert found == good


def test_columns_of_one_name_are_told_apart_in_what_was_refused(write):
    table = Table(write("t.csv", "note,number,note\na,1,b\n"))

    assert [table.as_mapping(row) for row in table.rows()] == [
        {"note": "a", "number": "1", "note (2)": "b"}
    ]


@pytest.mark.parametrize("content", ["", "\n\n", b"\xff\xfea\x00,\x00b\x00"])
def test_file_is_refused_when_it_has_no_header(write, content):
    with pytest.raises(UnfitFileError):
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
    with pytest.raises(UnfitFileError, match=r"m\.toml") as refused:
        mapping.parse(text, "m.toml")

    assert words in str(refused.value)


def test_every_preset_can_be_read():
    assert mapping.presets() == ["northwind"]
    assert set(mapping.load("northwind").sheets) >= {"products", "stock", "orders"}


def test_columns_that_nothing_reads_are_named_and_refused_when_strict(
    process, write, ask, warehouse
):
    file = write("items.csv", "sku,name,colour,colour,\nX-1,One,red,blue,\n")
    done = process("import", "products", file)
    assert done.returncode == 0
    assert "items.csv: nothing reads the columns colour, (one without a title);" in done.stderr
    assert ask("SELECT sku FROM product WHERE sku = 'X-1'") == [("X-1",)]
    strict = process("import", "products", write("more.csv", "sku,colour\nX-2,red\n"), "--strict")
    assert strict.returncode != 0
    assert "nothing reads the columns colour" in strict.stderr
    assert ask("SELECT sku FROM product WHERE sku = 'X-2'") == []


def test_facts_of_products_come_from_columns_of_their_names(process, write, ask, warehouse):
    file = write(
        "items.csv",
        "sku,name,packs.carton,barcode,barcodes.carton,weight_g,country_of_origin,customs_code,"
        "bins.B\n"
        "X-1,One,12,4006381333931,14006381333938,250,GH,18050000,S 4 / 2\n"
        "X-2,Two,,4006381333932,,,,,\n",
    )
    done = process("import", "products", file, "--strict")
    assert done.returncode == 1
    assert "items.csv:3 barcode is no GTIN" in done.stderr
    assert ask("SELECT code, pack FROM product_barcode ORDER BY code") == [
        ("14006381333938", "carton"),
        ("4006381333931", None),
    ]
    facts = "SELECT weight_g, country_of_origin, customs_code, bins FROM product"
    facts += " WHERE sku = 'X-1'"
    assert ask(facts) == [(250, "GH", "18050000", {"B": "S 4 / 2"})]
    again = process("import", "products", write("one.csv", "sku,weight_g\nX-1,250\n"))
    assert again.returncode == 0
    assert len(ask("SELECT code FROM product_barcode")) == 2
