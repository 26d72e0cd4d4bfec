"""The papers as they are drawn: real text, letters of every kind, bars that can be read."""

import re
import subprocess
import sys
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from documents import sheet
from documents.container_label import draw_container_label
from documents.direction import visual
from documents.lettering import lettered
from documents.logo import is_picture
from documents.packing_slip import draw_packing_slip
from documents.pick_list import draw_pick_list
from fulfillment.domain.model.papers import (
    ContainerLabel,
    LaterLine,
    Letterhead,
    ListedUnits,
    PackingSlip,
    PickListPaper,
    SlipLine,
    SlipPackage,
)
from tests.documents.reading import text_of

TEA = SlipLine(1, "TEA-GREEN", "Grüner Tee", 12)
CUP = SlipLine(2, "CUP", "Señora's cup", 1)


def slip(*packages: SlipPackage, **more: object) -> PackingSlip:
    plain: dict[str, object] = {
        "merchant": "Acme",
        "order": "SO-1001",
        "number": 2,
        "location": "vienna",
        "address": ("José Ñandú", "7 Straße", "1010 Wien", "AT"),
        "packages": packages or (SlipPackage(1, (TEA,)),),
        "of": max(len(packages), 1),
    }
    return PackingSlip(**(plain | more))  # type: ignore[arg-type]


def pages(document: bytes) -> int:
    return document.count(b"/Type /Page\n") or document.count(b"/Type /Page ")


def missing(document: bytes, *words: str) -> list[str]:
    text = text_of(document)
    return [word for word in words if word not in text]


def test_a_packing_slip_says_what_is_in_each_package_and_what_follows():
    two = SlipPackage(1, (TEA,), 900, "Example Post", "Parcel", "EP1"), SlipPackage(2, (CUP,))
    later = (LaterLine("POT", "Teapot", 3, date(2026, 3, 9)),)
    document = draw_packing_slip(slip(*two, later=later))

    assert document.startswith(b"%PDF-")
    assert missing(
        document, "José Ñandú", "7 Straße", "1010 Wien", "Order SO-1001", "package 1 of 2",
        "package 2 of 2", "Grüner Tee", "Señora's cup", "Example Post, Parcel, EP1", "900 g",
        "What follows later", "Teapot", "2026-03-09",
    ) == []  # fmt: skip


def test_a_packing_slip_says_who_sends_it_and_nothing_of_ours():
    picture = BytesIO()
    Image.new("RGB", (40, 20), "green").save(picture, "PNG")
    letterhead = Letterhead(("Acme Teas", "Kai 1", "1010 Wien"), picture.getvalue())
    document = draw_packing_slip(slip(letterhead=letterhead))

    assert missing(document, "Acme Teas", "Kai 1", "Shipment 2, package 1 of 1") == []
    assert "vienna" not in text_of(document)
    assert b"/Subtype /Image" in document
    assert missing(draw_packing_slip(slip()), "Acme ") == []


def test_a_picture_is_taken_when_it_can_be_drawn():
    for form in ("PNG", "JPEG"):
        file = BytesIO()
        Image.new("RGB", (40, 20)).save(file, form)
        assert is_picture(file.getvalue())
        assert not is_picture(file.getvalue()[:60])
    huge = BytesIO()
    Image.new("1", (9000, 9000)).save(huge, "PNG")
    assert not is_picture(huge.getvalue())
    assert not is_picture(b"")
    assert not is_picture(b"<svg/>")


def test_units_are_told_in_packs_where_the_line_has_one():
    tea = SlipLine(1, "TEA", "Tea", 27, "carton", 12)
    later = (LaterLine("CUP", "Cup", 24, None, "box", 12),)
    document = draw_packing_slip(slip(SlipPackage(1, (tea,)), later=later))
    assert missing(document, "27 (2 cartons + 3)", "24 (2 boxes)") == []
    listed = (ListedUnits("acme", "TEA", "Tea", "SO-1", 41, 27, 27, packs="2 cartons + 3"),)
    assert missing(
        draw_pick_list(PickListPaper(7, "vienna", "picking", listed)), "(2 cartons + 3)"
    ) == []  # fmt: skip


def test_a_packing_slip_has_no_address_when_it_was_erased():
    document = draw_packing_slip(slip(address=()))

    assert missing(document, "Order SO-1001") == []
    assert "Wien" not in text_of(document)


def test_a_packing_slip_counts_no_packages_when_nothing_is_packed():
    assert "package" not in text_of(draw_packing_slip(slip(SlipPackage(None, (TEA,)))))


def test_a_pick_list_names_what_goes_to_which_order():
    lines = (
        ListedUnits("acme", "TEA", "Tea", "SO-1", 41, 3, 3),
        ListedUnits("bolt", "NUT", "Nut", "SO-1", 42, 2, 1, to_stage=True),
    )
    document = draw_pick_list(PickListPaper(7, "vienna", "picking", lines))

    assert missing(
        document, "Pick list 7", "5 units for 2 shipments", "SO-1 / 41", "SO-1 / 42",
        "1 of 2", "bolt, to stage", "TEA", "Nut",
    ) == []  # fmt: skip


def test_a_pick_list_names_its_picker_and_one_of_each_in_the_singular():
    lines = (ListedUnits("acme", "TEA", "Tea", "SO-1", 41, 1, 1),)
    document = draw_pick_list(PickListPaper(7, "vienna", "picking", lines, "Pia"))

    assert missing(document, "vienna · picking · Pia · 1 unit for 1 shipment ") == []


def test_a_pick_list_is_drawn_when_nothing_is_on_it():
    document = draw_pick_list(PickListPaper(7, "vienna", "given_up", ()))

    assert missing(document, "Pick list 7", "0 units for 0 shipments") == []


def test_a_long_list_goes_on_over_pages_with_its_titles():
    lines = tuple(
        ListedUnits("acme", f"SKU-{n}", "Long name " * 19, f"SO-{n}", n, 1, 1)
        for n in range(1, 301)
    )
    document = draw_pick_list(PickListPaper(7, "vienna", "picking", lines))

    assert text_of(document).count("Order / shipment") > 10
    assert missing(document, "SKU-1 ", "SKU-300", "SO-300 / 300") == []
    assert missing(document, "Pick list 7, page 1 ", "Pick list 7, page 12") == []


@pytest.mark.parametrize("label", ["SO-1001", "T" * 64, "Regal 7 ↑ 茶", "a b~\\<&>"])
def test_a_container_label_is_one_page_whatever_it_is_called(label):
    row = ContainerLabel(5, label, "Acmé", "SO-" + "1" * 61, "vienna", (TEA, CUP))
    document = draw_container_label(row)

    assert missing(document, "Acmé · vienna · 13 units", label[:3], "Order SO-1") == []
    assert document.count(b"/MediaBox [ 0 0 283.46") == 1


def test_letters_that_the_font_lacks_are_told_as_well_as_they_can_be():
    assert lettered("é ö ñ ß Ł ø œ Š € “quoted”") == "é ö ñ ß Ł ø œ Š € “quoted”"
    assert lettered("ąęř Ž ﬁ") == "ąęř Ž ﬁ"
    assert lettered("𝐀𝐛") == "Ab"  # noqa: RUF001 -- it is meant
    assert lettered("茶Ж\ud800") == "茶Ж?"


SCRIPTS = {
    "Latin": "Łódź Šiauliai Þórður",
    "Greek": "Οδός Αθηνών",
    "Cyrillic": "Москва Київ",
    "Chinese": "北京市朝阳区",
    "Japanese": "東京都のカフェ",
    "Korean": "서울특별시",
}


@pytest.mark.parametrize("words", SCRIPTS.values(), ids=SCRIPTS)
def test_a_document_has_letters_of_every_script(words):
    document = draw_packing_slip(slip(address=(words,), merchant=words))
    assert missing(document, words) == []
    assert "?" not in text_of(document)


def test_text_from_right_to_left_is_drawn_as_it_is_read():
    assert visual("שלום") == "םולש"
    assert visual("רחוב 12") == "12 בוחר"
    assert visual("Tel Aviv") == "Tel Aviv"
    assert visual("Acme שלום עולם Ltd") == "Acme םלוע םולש Ltd"
    assert visual("(שלום)") == "(םולש)"
    assert visual("بيت") == "\ufe96\ufef4\ufe91"
    assert visual("لا") == "\ufefb"
    assert visual("دار") == "\ufead\ufe8d\ufea9"
    assert missing(draw_packing_slip(slip(address=("שלום עולם",))), "םלוע םולש") == []


LETTERS = "abשל بيتلا12 ()-،"  # noqa: RUF001 -- an alef


@given(st.text(alphabet=LETTERS, max_size=30))
def test_turning_loses_and_adds_no_letter(text):
    as_written = unicodedata.normalize("NFKC", visual(text)).translate({40: None, 41: None})
    assert sorted(as_written) == sorted(text.replace("(", "").replace(")", ""))


@pytest.mark.parametrize(
    "text", ["<b>&amp;</br>", "\ud800", "\x00\t\n", "\u202eevil", "a" * 5000, ""]
)
def test_no_text_breaks_a_document(text):
    line = SlipLine(1, text[:63], text[:200], 1)
    document = draw_packing_slip(
        slip(SlipPackage(1, (line,)), merchant=text[:200], address=(text,), order=text[:64])
    )

    assert document.endswith(b"%%EOF\n")


def bars(value: str, widest: float = 170) -> bool:
    return len(sheet.barcode(value, widest)) == 2


@pytest.mark.parametrize("rows", [1, 27, 2_000])
def test_each_row_is_on_one_page_and_is_measured_once(rows, monkeypatch):
    measured = Counter[int]()
    wrap = Table.wrap

    def counted(table: Any, *room: float) -> Any:
        measured[len(table._cellvalues)] += 1
        return wrap(table, *room)

    monkeypatch.setattr(Table, "wrap", counted)
    listed = [("", f"SKU-{n:05}", "Tea", 1, "", "") for n in range(rows)]
    titles = ("", "SKU", "Name", "Units", "Order / shipment", "Merchant")
    document = sheet.drawn("Long", [sheet.table(titles, listed, (9, 50, 36, 22, 36, 22))])

    told = text_of(document)
    assert re.findall(r"SKU-(\d+)", told) == [f"{n:05}" for n in range(rows)]
    assert told.count("Order / shipment") == pages(document)
    assert measured[1] == rows + 1


def test_bars_are_left_out_when_nobody_could_read_them():
    assert bars("SO-1001")
    assert bars("SO-" + "x" * 61)
    assert not bars("SO-" + "x" * 61, 60)
    assert not bars("Zoë")
    assert not bars("a\nb")


def test_bars_are_those_of_code_128_for_the_whole_value():
    for value, widest in (("SO-1001", 170), ("4006381333931", 20), ("Tea & cup", 170)):
        (drawn, _) = sheet.barcode(value, widest)
        known = Code128(value, barWidth=drawn.bar, barHeight=drawn.height, quiet=False)

        assert drawn.value == value
        assert painted(drawn) == pytest.approx(painted(known), abs=0.001)


def painted(bars: Any) -> list[float]:
    """Left side, foot, width and height of each bar on the paper, in points."""
    canvas = Canvas(BytesIO(), pageCompression=0)
    bars.drawOn(canvas, 0, 0)
    code = canvas.getpdfdata().decode("latin-1")
    scaled = re.findall(r"([\d.]+) 0 0 ([\d.]+) 0 0 cm", code)
    wide, high = map(float, scaled[-1])
    found = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", code)
    assert found
    return [float(n) * by for one in found for n, by in zip(one, (wide, high) * 2, strict=True)]


def test_the_same_facts_give_the_same_bytes_also_in_many_threads():
    papers = [slip(SlipPackage(1, (TEA,) * n), address=(f"Žofie {n}",)) for n in range(1, 40)]
    alone = [draw_packing_slip(paper) for paper in papers]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(draw_packing_slip, papers))

    assert together == alone


def test_the_library_is_not_loaded_when_a_process_starts():
    code = "import sys, worker, starter.app, cli.main; sys.exit('reportlab' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
