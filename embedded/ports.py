import contextlib
import errno
import socket
from collections.abc import Collection

import psutil

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether nobody listens on the host's port, and we may.

    A host is an address of this machine, or a name with one or more of them; on any other one
    nobody listens, and whoever tries to is told what is wrong with it.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        return True
    refused = (why_not(family, address) for family, _, _, _, address in found)
    return all(error is None or error.errno == errno.EADDRNOTAVAIL for error in refused)


def why_not(family: int, address: tuple[object, ...]) -> OSError | None:
    """The error with which a process that listens there would end; None where it could."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Without this a port whose last connections are still in TIME_WAIT looks taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return error
    return None


def listens(pid: int, port: int) -> bool:
    """Whether it is this process that listens on the port: another one could answer there."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return any(
            one.status == psutil.CONN_LISTEN and one.laddr.port == port
            for one in psutil.Process(pid).net_connections("tcp")
        )
    return False


def any_free(host: str = LOOPBACK) -> int:
    """A port that is free now; another process may take it before its user listens."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if host == LOOPBACK or is_free(port, host):
            return port


def preferred_or_free(
    preferred: int | None, host: str = LOOPBACK, *, taken: Collection[int] = ()
) -> int:
    """The preferred port when it can be had, else any free one outside `taken`."""
    if preferred and preferred not in taken and is_free(preferred, host):
        return preferred
    while (port := any_free(host)) in taken:
        pass
    return port
