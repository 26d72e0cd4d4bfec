"""Units in packs, and the check of a barcode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.barcodes import is_gtin
from fulfillment.domain.model.packs import packed, told_units


@pytest.mark.parametrize(
    ("units", "pack", "size", "told"),
    [
        (27, "carton", 12, "27 (2 cartons + 3)"),
        (24, "carton", 12, "24 (2 cartons)"),
        (12, "box", 12, "12 (1 box)"),
        (24, "box", 12, "24 (2 boxes)"),
        (3, "carton", 12, "3"),
        (3, None, None, "3"),
    ],
)
def test_units_are_told_with_the_packs_that_they_make(units, pack, size, told):
    assert told_units(units, pack, size) == told


@given(st.integers(0, 10**9), st.integers(1, 1000))
def test_packs_and_loose_units_are_the_units(units, size):
    found = packed(units, "carton", size)
    assert found is not None
    assert found.quantity * size + found.loose == units
    assert 0 <= found.loose < size


@pytest.mark.parametrize("code", ["4006381333931", "96385074", "036000291452", "14006381333938"])
def test_code_is_a_gtin_when_its_check_digit_is_right(code):
    assert is_gtin(code)
    wrong = str((int(code[-1]) + 1) % 10)
    assert not is_gtin(code[:-1] + wrong)


@pytest.mark.parametrize("code", ["", "4006381333", "400638133393x", "٤٠٠٦٣٨١٣٣٣٩٣١", "0" * 15])
def test_other_text_is_no_gtin(code):
    assert not is_gtin(code)
