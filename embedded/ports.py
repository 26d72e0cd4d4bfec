import socket
from collections.abc import Collection

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether nobody listens on the loopback port, so that a server can."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this a port whose last connections are still in TIME_WAIT looks taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port that is free now; another process may take it before its user listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def preferred_or_free(preferred: int | None, *, taken: Collection[int] = ()) -> int:
    """The preferred port when it can be had, else any free one outside `taken`."""
    if preferred is not None and preferred not in taken and is_free(preferred):
        return preferred
    while (port := any_free()) in taken:
        pass
    return port
