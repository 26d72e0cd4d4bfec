import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli.errors import CommandError, UsageError


@contextmanager
def one_run_in(folder: Path) -> Iterator[None]:
    """Hold the folder's run lock; the kernel gives it back however the process ends.

    Raises CommandError, naming the other process, when it is held; UsageError when the folder can
    not be made or written to.
    """
    with _lock_of(folder) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            msg = f"`pegboard up` already runs in {folder} (process {file.read().strip()})"
            raise CommandError(msg) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock_of(folder: Path) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / "up.lock").open("a+")
    except OSError as error:
        why = f"the folder {folder} can not be used ({error.strerror})"
        raise UsageError(f"{why}: name another by PEGBOARD_HOME") from error
