"""What is read, as a test compares it: fields by name, sequences as lists."""

import json
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any


def plain(found: Any) -> Any:
    """A view, or several, as dictionaries and lists."""
    if is_dataclass(found) and not isinstance(found, type):
        return plain(asdict(found))
    if isinstance(found, dict):
        return {name: plain(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [plain(value) for value in found]
    return found


def stored(found: Any) -> dict[str, Any]:
    """A command's answer as it is stored, and given again: JSON."""
    return dict(json.loads(json.dumps(plain(found), default=date.isoformat)))
