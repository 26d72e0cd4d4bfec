"""What is counted is said by one rule: one unit waits, two units wait."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fulfillment.domain.model.counting import counted, does, said_of
from tests.architecture.test_source import ROOT, name_of, sources

NOUNS = "units|orders|lines|days|shipments|SKUs|products|receipts|packages|documents|parts"
IN_A_TEMPLATE = re.compile(rf"\| (?:number|length) }}}}(?:</?\w[^>]*>|\s)*\s(?:{NOUNS})\b")
IN_SOURCE = re.compile(rf"{{[^{{}}]*}} (?:{NOUNS})\b")
CONSTANT = re.compile(r"{[A-Z_]+} ")
"""Limits are many, and always the same."""

TEMPLATES = sorted((ROOT / "console" / "templates").rglob("*.html"))
SPEAKING = [*sources("console", "documents", "importing", "starter"),
            *sources("fulfillment/domain", "fulfillment/store/commands")]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "what", "said"),
    [
        (1, "unit", "1 unit"),
        (0, "unit", "0 units"),
        (2, "order waits", "2 orders wait"),
        (1, "order waits", "1 order waits"),
        (2, "line is", "2 lines are"),
        (3, "unit that is here lies", "3 units that are here lie"),
        (2, "SKU", "2 SKUs"),
    ],
)
def test_one_is_said_otherwise_than_many(number, what, said):
    assert counted(number, what) == said


def test_a_verb_is_said_as_of_so_many():
    assert (does(1, "has"), does(2, "has"), does(2, "waits")) == ("has", "have", "wait")
    assert said_of(2, "piece") == "pieces"


def test_pages_count_by_the_rule():
    assert list(_by_hand(TEMPLATES, IN_A_TEMPLATE)) == [], "use the filter `counted`"


def test_sentences_count_by_the_rule():
    assert list(_by_hand(SPEAKING, IN_SOURCE)) == [], "use `counted`"


def _by_hand(paths: Sequence[Path], pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Where a number stands before a word for many, whatever the number is."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if any(not CONSTANT.match(found[0]) for found in pattern.finditer(line)):
                yield name_of(path), line.strip()
