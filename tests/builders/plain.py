"""What is read, as a test compares it: fields by name, sequences as lists."""

from dataclasses import asdict, is_dataclass
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
