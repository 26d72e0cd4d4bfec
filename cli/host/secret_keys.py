"""The keys for secrets that `pegboard up` makes in its folder, where none are named."""

from pathlib import Path

from cli import folder
from fulfillment.sealing import new_key
from fulfillment.settings import Settings

NAME = "secret-keys"
"""`pegboard up --reset` leaves it: a database that is named outlives what is in the folder."""


def with_keys_of_folder(found: Settings) -> Settings:
    """The settings, with the folder's keys where no others are named and there are some."""
    file = found.home / NAME
    if _are_named(found) or not file.exists():
        return found
    return found.model_copy(update={"secret_keys_file": file.resolve()})


def keys_for(found: Settings) -> Path | None:
    """The folder's file of keys, made if there is none; None where others are named."""
    if _are_named(found):
        return None
    file = found.home.resolve() / NAME
    if not file.exists():
        folder.write_private(file, f"{new_key()}\n")
    return file


def _are_named(found: Settings) -> bool:
    return found.secret_keys is not None or found.secret_keys_file is not None
