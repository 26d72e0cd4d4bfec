"""What each vendor says of its setting, as given, when and then, on the preset of that name."""

import pytest

from fulfillment.domain.actions.presets import PRESETS
from tests.domain import backorder_cases, cartoncloud_cases
from tests.domain.cases import Case, played

CASES = (
    *cartoncloud_cases.cells(),
    *cartoncloud_cases.minimum_status(),
    *cartoncloud_cases.further_imports(),
    *backorder_cases.shipstream(),
    *backorder_cases.kibo_current(),
    *backorder_cases.kibo_future(),
)


def test_every_preset_has_a_case_and_every_case_a_name_of_its_own():
    names = [(case.preset, case.name) for case in CASES]

    assert {preset for preset, _ in names} == set(PRESETS)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_preset_does_what_its_vendor_says(case: Case):
    played(case)
