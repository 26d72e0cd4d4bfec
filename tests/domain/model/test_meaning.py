"""What a document means: by this, what is sent again is found to be the same."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.model.meaning import LATER, canonical


@dataclass(frozen=True)
class Line:
    line: int
    sku: str
    wanted: str | None = field(default=None, metadata=LATER)


@dataclass(frozen=True)
class Document:
    number: str
    lines: tuple[Line, ...]
    packages: tuple[str, ...] = ()
    supplier: str = ""
    percent: int = field(default=0, metadata=LATER)
    address: dict[str, object] = field(default_factory=dict)


LINES = st.lists(
    st.builds(Line, st.integers(1, 20), st.sampled_from("AB"), st.sampled_from([None, "x"])),
    max_size=8,
)


@given(LINES, st.randoms())
def test_documents_mean_the_same_when_their_lines_stand_in_another_order(lines, dice):
    shuffled = list(lines)
    dice.shuffle(shuffled)
    assert canonical(Document("D", tuple(lines))) == canonical(Document("D", tuple(shuffled)))


@given(LINES, LINES)
def test_documents_differ_when_a_line_does(ours, theirs):
    same = sorted(map(repr, ours)) == sorted(map(repr, theirs))
    told = canonical(Document("D", tuple(ours))), canonical(Document("D", tuple(theirs)))
    assert (told[0] == told[1]) is same


def test_what_is_counted_by_place_differs_when_it_stands_in_another_order():
    boxes = Document("D", (), packages=("big", "small"))
    assert canonical(boxes) != canonical(replace(boxes, packages=("small", "big")))


def test_field_that_came_later_says_nothing_when_it_has_its_default():
    assert "percent" not in canonical(Document("D", ()))
    assert "percent" in canonical(Document("D", (), percent=5))
    assert "supplier" in canonical(Document("D", ()))


def test_null_of_a_request_says_something_when_it_is_sent():
    assert canonical({"expected_on": None}) != canonical({})
