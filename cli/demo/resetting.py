"""`pegboard up --reset`: what it keeps in its folder is deleted, and nothing else."""

import shutil
from pathlib import Path

from cli.host.lock import one_run_in
from embedded.pidfile import PidFile

KEPT = (
    "postgres", "postgres.*", "temporal.db*", "logs", "mail", "*.pid", "connection.json*",
    "api-key*", "operator-key*",
)  # fmt: skip
"""What `pegboard up` writes; anything else in the folder is somebody else's."""

PROGRAMS = {
    "postgres": "postgres", "temporal.db": "temporal", "worker": "python", "api": "python"
}  # fmt: skip


def found(home: Path) -> list[Path]:
    """What a reset would delete."""
    return sorted({path for pattern in KEPT for path in home.glob(pattern)})


def reset(home: Path) -> None:
    """Stop what a killed run left behind, and delete the data.

    Raises CommandError while `pegboard up` runs in the folder.
    """
    with one_run_in(home):
        for name, program in PROGRAMS.items():
            PidFile(home / f"{name}.pid", program).stop_leftover()
        for path in found(home):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
