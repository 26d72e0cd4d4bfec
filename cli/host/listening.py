"""Where the API listens: whether it can, and how it is reached from this machine."""

import errno
import ipaddress
import socket

from cli.errors import CommandError, UsageError
from embedded.ports import why_not

EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared, not bound
"""Addresses that stand for all of a machine, and the one by which it reaches itself."""


def url_of(host: str, port: int) -> str:
    """The API's address for a process of this machine."""
    reached = EVERY.get(host, host)
    return f"http://[{reached}]:{port}" if _is_v6(reached) else f"http://{reached}:{port}"


def check_host(host: str, port: int = 0) -> None:
    """Refuse a host that is no address of this machine, and a port that can not be had there."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _no_address(host) from error
    for family, _, _, _, address in found:
        refused = why_not(family, address)
        if refused is None:
            continue
        if refused.errno == errno.EADDRNOTAVAIL:
            raise _no_address(host) from refused
        why = f"port {port} of {host} can not be had ({refused.strerror})"
        raise CommandError(f"{why}: name another by PEGBOARD_API_PORT") from refused


def _no_address(host: str) -> UsageError:
    return UsageError(f"PEGBOARD_API_HOST is {host!r}, which is no address of this machine")


def _is_v6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6  # noqa: PLR2004 -- a version of IP
    except ValueError:
        return False
