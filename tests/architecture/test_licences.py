"""Everything that is installed may be used, changed and passed on: permissive, or weak copyleft."""

import re
from importlib import metadata
from pathlib import Path

import pytest

LOCK = Path(__file__).parents[2] / "requirements.lock"
PACKAGES = re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
PERMISSIVE = r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Public Domain|Unlicense|Zlib)\b"
WEAK_COPYLEFT = r"\b(MPL|Mozilla Public License|LGPL)\b"
STRONG_COPYLEFT = r"(?<!L)\b(A?GPL|Affero|GNU General Public|SSPL|EUPL)\b"


def licence(package: str) -> str:
    """What its metadata say: an SPDX expression, else a licence's name and classifiers.

    Of one that says nothing there, the file of its licence; its first words name it.
    """
    told = metadata.metadata(package)
    if "License-Expression" in told:
        return told["License-Expression"]
    classifiers = [text for text in told.get_all("Classifier") or [] if text.startswith("License")]
    named = (told.get_all("License") or [""])[0]
    if not named and not classifiers:
        stored = told.get_all("License-File") or []
        named = metadata.distribution(package).read_text(f"licenses/{stored[0]}") if stored else ""
    # Some put the whole text in their metadata, too.
    return " ".join([(named or "")[:60], *classifiers])


@pytest.mark.parametrize("package", PACKAGES)
def test_it_is_permissive_or_weak_copyleft(package: str) -> None:
    try:
        told = licence(package)
    except metadata.PackageNotFoundError:
        return  # pinned for another platform or another Python
    assert re.search(f"{PERMISSIVE}|{WEAK_COPYLEFT}", told), told
    assert not re.search(STRONG_COPYLEFT, told), told


def test_the_packages_are_those_of_the_lock() -> None:
    assert len(PACKAGES) > 50
    assert {"sqlalchemy", "temporalio", "uvicorn"} <= set(PACKAGES)
