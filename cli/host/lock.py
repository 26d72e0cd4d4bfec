import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.errors import CommandError


@contextmanager
def one_run_in(folder: Path) -> Iterator[None]:
    """Hold the folder's run lock; the kernel gives it back however the process ends.

    Raises CommandError, naming the other process, when it is held.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("a+") as file:
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
