"""Every example of `docs/policies.md` is true, and every knob has one."""

from pathlib import Path

import pytest

from fulfillment.domain.model.policy import KNOBS, PolicyError, checked
from tests.domain.policy_examples import (
    CONTRADICTIONS,
    EXAMPLES,
    Example,
    named_together,
    presets,
    scopes,
    table,
)

PAGE = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    _, _, rest = PAGE.partition(f"## {heading}\n")
    return rest.partition("\n## ")[0].partition("\n### ")[0] if heading[0] == "`" else rest


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.knob for example in EXAMPLES])
def test_the_page_shows_what_the_planner_does(example: Example):
    assert table(example.rows()) in section(f"`{example.knob}`")


def test_every_knob_has_an_example():
    assert {example.knob for example in EXAMPLES} == set(KNOBS)


def test_the_page_shows_how_scopes_resolve():
    assert table(scopes()) in PAGE


def test_the_page_lists_every_preset_with_its_knobs():
    assert table(presets()) in PAGE


@pytest.mark.parametrize(("knobs", "at_fault"), CONTRADICTIONS)
def test_what_the_page_calls_a_contradiction_is_refused(knobs, at_fault):
    with pytest.raises(PolicyError) as error:
        checked(knobs)

    assert error.value.knob == at_fault
    assert f"| {named_together(knobs)} | {error.value} |" in PAGE
