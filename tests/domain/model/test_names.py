"""What may be a number or a SKU, and how it goes through the places that write it their own way."""

import csv
import io
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.contracts.names import ORDER, of_workflow_id, order_workflow_id
from fulfillment.domain.model.names import MOST_NUMBER, as_written, fault_of
from fulfillment.store.transactions.session import part_of_key

NAMES = (
    st.text(min_size=1, max_size=MOST_NUMBER)
    .map(as_written)
    .filter(lambda name: fault_of(name, MOST_NUMBER) is None)
)


@given(NAMES, NAMES)
def test_name_is_found_again_wherever_it_was_written(name, other):
    assert of_workflow_id(ORDER, order_workflow_id("acme", name)) == ("acme", name)
    assert unquote(quote(name, safe="")) == name
    assert "/" not in quote(name, safe="")
    assert quote(name, safe="") not in {".", ".."}
    row = io.StringIO()
    csv.writer(row).writerow([name, other])
    assert next(csv.reader(io.StringIO(row.getvalue()))) == [name, other]
    assert part_of_key(name).count(":") == 0
    assert (part_of_key(name) == part_of_key(other)) is (name == other)


@pytest.mark.parametrize(
    "name", ["#1001", "1001 / B", "A+B", "Käse.klein", "50%", "a:b", "2F%2Fx", "..1", "注文 7"]
)
def test_name_is_taken_as_shops_write_it(name):
    assert fault_of(as_written(f"  {name} "), MOST_NUMBER) is None
    assert as_written(f"  {name} ") == name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "empty"),
        ("..", "no letter"),
        ("#", "no letter"),
        ("A\tB", "can not be shown"),
        ("A\u200bB", "can not be shown"),
        ("x" * 65, "65 characters"),
    ],
)
def test_name_is_refused_with_the_reason_when_it_can_not_be_written_everywhere(name, told):
    assert told in str(fault_of(name, MOST_NUMBER))


def test_letters_with_accents_have_one_form_however_they_were_typed():
    assert as_written("Ka\u0308se") == "K\u00e4se"
