"""The user that PostgreSQL runs as: it refuses to run as root."""

import logging
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import EmbeddedServerError

NAME = "embedded_postgres"
FALLBACK = "nobody"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """A system user, by its numbers."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give the path to this user."""
        os.chown(path, self.uid, self.gid)


def unprivileged() -> Account | None:
    """The user to run as when we are root, made if it is missing; None when we are not root."""
    if os.geteuid() != 0:
        return None
    entry = _find(NAME) or _create() or _find(FALLBACK)
    if entry is None:
        msg = f"PostgreSQL does not run as root, and no user {NAME!r} could be made"
        raise EmbeddedServerError(msg)
    return Account(entry.pw_uid, entry.pw_gid)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd")
    if useradd is None:
        return None
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    subprocess.run(command, check=False, capture_output=True)
    return _find(NAME)


def make_reachable(path: Path) -> None:
    """Let every user pass through (not list) the folders above the path.

    Raises EmbeddedServerError where that is not allowed.
    """
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            _open(folder, mode)


def _open(folder: Path, mode: int) -> None:
    try:
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
    except OSError as error:
        msg = (
            f"As root, PostgreSQL runs as another user, which cannot pass through {folder}: "
            "move the project elsewhere, run it as an ordinary user, or name a database with "
            "PEGBOARD_DATABASE_URL."
        )
        raise EmbeddedServerError(msg) from error
    log.warning("opened %s for passing through (o+x), which PostgreSQL's user needs", folder)
