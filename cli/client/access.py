"""Where the API is, and the key to it: what the environment says, else the folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from cli import folder
from cli.errors import ServiceAwayError, UsageError

URL, KEY, HOME = "PEGBOARD_URL", "PEGBOARD_KEY", "PEGBOARD_HOME"


@dataclass(frozen=True, slots=True)
class Access:
    """An API and a key of it."""

    url: str
    key: str


def find() -> Access:
    """PEGBOARD_URL and PEGBOARD_KEY, else what `pegboard up` left in its folder.

    The key of the folder is sent to the API of the folder alone. Raises ServiceAwayError where no
    API is known, UsageError where no key is.
    """
    home = Path(os.environ.get(HOME) or ".pegboard")
    url = os.environ.get(URL)
    key = os.environ.get(KEY)
    if url:
        return Access(_checked(url), key or _missing_key())
    found = folder.find(home)
    if found is None:
        raise ServiceAwayError(
            f"no API: start `pegboard up` in this folder, or set {URL} and {KEY}"
        )
    return Access(found.api_url, key or folder.operator_key(home) or _missing_key())


def _checked(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{URL} is written as https://pegboard.example, not {url!r}")
    return url.rstrip("/")


def _missing_key() -> str:
    raise UsageError(f"no key: set {KEY}; an operator makes one with `pegboard keys create`")
