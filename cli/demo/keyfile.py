"""A key for whoever may read the folder, in the form in which curl takes it."""

from pathlib import Path

from cli import folder

NAME = "api-key"
PREFIX = "Authorization: Bearer "


def write(home: Path, key: str) -> Path:
    """Keep the key as a header in a file that only this user may read."""
    return folder.write_private(home / NAME, f"{PREFIX}{key}\n")


def read(home: Path) -> str | None:
    """The key that is kept; None where there is none."""
    try:
        content = (home / NAME).read_text()
    except OSError:
        return None
    return content.removeprefix(PREFIX).strip() or None


def curl(home: Path, url: str) -> str:
    """A line to paste: curl reads the header from the file, so the key is never shown."""
    return f"curl -H @{home / NAME} {url}"
