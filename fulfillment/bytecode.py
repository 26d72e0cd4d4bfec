"""Where Python may write no bytecode, a place for it all the same."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType


@contextlib.contextmanager
def kept(module: ModuleType) -> Iterator[None]:
    """Have Python compile a module once, however often it is imported anew.

    The workflow sandbox imports a workflow's module for each workflow. Where no bytecode is
    written, because Python was told so or the folder is read-only, each import compiles it:
    measured, that was a quarter of a busy worker's time. A temporary folder serves as well.
    """
    if module.__file__ is None or Path(cache_from_source(module.__file__)).exists():
        yield
        return
    before = sys.pycache_prefix, sys.dont_write_bytecode
    with tempfile.TemporaryDirectory(prefix="pegboard-bytecode-") as folder:
        sys.pycache_prefix, sys.dont_write_bytecode = folder, False
        try:
            yield
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = before
