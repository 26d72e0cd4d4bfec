"""Imported by Python itself when this folder is on its path: hides what the image does not have."""

import importlib.metadata
import os
import re
import sys
from importlib.machinery import ModuleSpec

OURS = "pegboard"


def missing_modules(lock: str) -> set[str]:
    """Modules of installed packages that the lock does not name."""
    with open(lock, encoding="utf-8") as file:  # noqa: PTH123 - pathlib need not be imported so early
        named = {_plain(line.split("==")[0]) for line in file if "==" in line}
    by_module = importlib.metadata.packages_distributions()
    return {
        module
        for module, packages in by_module.items()
        if not {_plain(package) for package in packages} & (named | {OURS})
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower().split("[")[0]


class Hiding:
    """A finder that finds nothing, and says so."""

    def __init__(self, modules: set[str]) -> None:
        self.modules = modules

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname.partition(".")[0] in self.modules:
            raise ModuleNotFoundError(f"the image has no {fullname}", name=fullname)
        return None


if lock := os.environ.get("ONLY_PACKAGES_OF"):
    sys.meta_path.insert(0, Hiding(missing_modules(lock)))
