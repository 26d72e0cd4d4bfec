"""A whole system of its own for a benchmark: servers, worker and API, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.host.supervisor import System
from fulfillment.settings import Settings

Say = Callable[[str], None]


@contextmanager
def a_folder(prefix: str) -> Iterator[Path]:
    """A folder that is gone afterwards, and in which other users' servers find their way."""
    home = Path(tempfile.mkdtemp(prefix=prefix))
    # The database's server does not run as root, and has to reach its folder.
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running(settings: Settings, say: Say) -> Iterator[System]:
    """The system of these settings, from its start to its end."""
    system = System(settings, say=say)
    try:
        system.start()
        yield system
    finally:
        system.stop()


def without_settings_of_others() -> None:
    """What the environment names is not for a benchmark: it would measure somebody's database."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PEGBOARD_"))]:
        del os.environ[name]


@contextmanager
def a_system(say: Say, *, durable: bool = True) -> Iterator[System]:
    """A system in a folder of its own."""
    without_settings_of_others()
    with (
        a_folder("pegboard-bench-") as home,
        running(Settings(home=home, log_level="warning", embedded_durable=durable), say) as system,
    ):
        yield system
