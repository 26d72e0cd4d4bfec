"""Hypothesis here is deterministic: a run of the rules finds the same each time."""

import os

from hypothesis import settings

settings.register_profile("pegboard", derandomize=True, max_examples=120, deadline=None)
settings.register_profile("search", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("PEGBOARD_HYPOTHESIS", "pegboard"))
