"""Which addresses may be called: public ones, and private ones that a setting allows.

Whoever may name a URL could otherwise have us call what only we can reach. A name is resolved
once, every address that it has is checked, and the call goes to one that was checked.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given to networks; what is not in it is for something else."""

NOT_PUBLIC: tuple[Network, ...] = (
    # 6to4 and its relays, and Teredo: addresses of IPv4 are within them, private ones too.
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
)
"""What Python takes for global, or took in some version."""

RESOLVERS = 32
"""Threads that wait for names: a slow server of names keeps one each."""

_threads = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")


class AddressRefusedError(Exception):
    """A name leads to an address that may not be called; which one is not told."""


class NameNotResolvedError(Exception):
    """There is no such name, or nobody knows of it now."""


Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host. Raises NameNotResolvedError."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.run_in_executor(
            _threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError):
        raise NameNotResolvedError from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def networks(written: str) -> tuple[Network, ...]:
    """Networks as a setting has them, with commas between. Raises ValueError."""
    return tuple(ip_network(each.strip()) for each in written.split(",") if each.strip())


def is_public(address: Address) -> bool:
    """Whether it is an address of the internet, of one host, and of no other within it.

    Mapped addresses (`::ffff:0:0/96`), those for translation (`64:ff9b::/96`) and all else that
    is not given to a network is outside of 2000::/3.
    """
    if isinstance(address, IPv6Address) and (address.scope_id or address not in UNICAST):
        return False
    is_excepted = any(address in each for each in NOT_PUBLIC if each.version == address.version)
    return address.is_global and not address.is_multicast and not is_excepted


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be called: public addresses, and those of these private networks."""

    private: tuple[Network, ...] = ()
    resolve: Resolve = field(default=resolve)

    def is_private(self, address: Address) -> bool:
        """Whether it is in one of the private networks that are allowed."""
        return any(address in each for each in self.private if each.version == address.version)

    async def addresses(self, host: str, port: int, *, only_private: bool) -> Sequence[str]:
        """The addresses of a host, in the order in which to call them.

        Raises AddressRefusedError where one of them may not be called; `only_private` refuses
        public ones as well, to which nothing goes unencrypted.
        """
        found = [_read(each) for each in await self.resolve(host, port)]
        if not found:
            raise NameNotResolvedError
        if not all(self._may_call(found, only_private=only_private)):
            raise AddressRefusedError
        return [str(each) for each in found]

    def _may_call(self, found: Iterable[Address], *, only_private: bool) -> Iterable[bool]:
        for each in found:
            yield self.is_private(each) or (is_public(each) and not only_private)


def _read(written: str) -> Address:
    try:
        return ip_address(written)
    except ValueError:
        raise AddressRefusedError from None
