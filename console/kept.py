"""A form that came when nobody was signed in, or at another bad time, is kept in the answer to it.

Nothing of it is kept by us, and nothing of it stands in an address: it goes to the browser and
comes back from there, and is done only when somebody presses the button again.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from console.cookies import is_from_here, user_of

OURS = re.compile(r"/(m/[\x21-\x7e]*)?")
"""Where one may be led: pages of ours, and nowhere else."""

MECHANICS = frozenset({
    "go_on", "key", "lines", "list", "look", "moved", "note", "orders", "seen", "token", "version",
})  # fmt: skip
"""What a form carries that nobody typed in this way; the note is shown as what it is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: to which page, and what it says by name."""

    path: str
    fields: Mapping[str, str]

    @property
    def user(self) -> str:
        """Whose form it is, by the name to sign in with."""
        return user_of(self.fields.get("token", ""))

    @property
    def hidden(self) -> dict[str, str]:
        """What is sent again as it was, beside the note and the token."""
        return {name: text for name, text in self.fields.items() if name not in {"token", "note"}}

    @property
    def typed(self) -> dict[str, str]:
        """What somebody said in it, as far as it can be read here."""
        return {name: text for name, text in self.hidden.items()
                if text and name not in MECHANICS}  # fmt: skip

    def written(self) -> str:
        """All of it as one text."""
        return json.dumps({"path": self.path, "fields": dict(self.fields)})


def kept_of(request: Request, form: Mapping[str, str]) -> Kept | None:
    """The form of a merchant's page, if a page of ours sent it; no other is worth keeping."""
    path = address_of(request)
    is_ours = request.method == "POST" and is_from_here(request) and is_path(path)
    kept = Kept(path, form)
    return kept if is_ours and kept.user else None


def read_kept(text: str) -> Kept | None:
    """A form as `written` wrote it; None where this is none."""
    try:
        found = json.loads(text)
        path, fields = found["path"], dict(found["fields"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_text = all(isinstance(one, str) for pair in fields.items() for one in (path, *pair))
    return Kept(path, fields) if is_text and is_path(path) else None


def address_of(request: Request) -> str:
    """The address that was asked for, as it was written: with a slash in a number it is another."""
    raw: bytes = request.scope["raw_path"]
    query = request.url.query
    return raw.decode("ascii", "replace") + (f"?{query}" if query else "")


def is_path(text: str) -> bool:
    """Whether it leads to a merchant's page of ours."""
    return text.startswith("/m/") and is_ours(text)


def is_ours(text: str) -> bool:
    """Whether it leads to a page of ours."""
    return OURS.fullmatch(text) is not None and "\\" not in text
