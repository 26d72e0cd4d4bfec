"""Which addresses may be called."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from deliveries.webhooks.addresses import (
    AddressRefusedError,
    Allowed,
    NameNotResolvedError,
    Resolve,
    is_public,
    networks,
)

PUBLIC = ("93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e")

REFUSED = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
    "2002:808:808::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "2606:4700:4700::1111%eth0",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", REFUSED)
def test_all_others_may_not(address):
    assert not is_public(ip_address(address))


def naming(*addresses: str) -> tuple[Resolve, list[tuple[str, int]]]:
    asked = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return addresses

    return resolve, asked


async def test_a_name_is_resolved_once_and_all_of_its_addresses_are_checked():
    resolve, asked = naming(*PUBLIC)
    assert await Allowed((), resolve).addresses("a.example", 443, only_private=False) == [*PUBLIC]
    assert asked == [("a.example", 443)]

    for bad in REFUSED:
        resolve, _ = naming(PUBLIC[0], bad)
        with pytest.raises(AddressRefusedError):
            await Allowed((), resolve).addresses("a.example", 443, only_private=False)


async def test_private_networks_that_a_setting_names_may_be_called():
    allowed = networks("10.1.0.0/16, fd12::/16")
    resolve, _ = naming("10.1.2.3", "fd12::7")
    found = await Allowed(allowed, resolve).addresses("hooks.internal", 80, only_private=True)
    assert found == ["10.1.2.3", "fd12::7"]

    for other in ("10.2.0.1", "127.0.0.1", "::ffff:10.1.2.3"):
        resolve, _ = naming(other)
        with pytest.raises(AddressRefusedError):
            await Allowed(allowed, resolve).addresses("hooks.internal", 443, only_private=False)


async def test_nothing_goes_unencrypted_to_a_public_address():
    resolve, _ = naming(PUBLIC[0])
    with pytest.raises(AddressRefusedError):
        await Allowed(networks("10.1.0.0/16"), resolve).addresses(
            "a.example", 80, only_private=True
        )


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "localhost"])
async def test_other_ways_to_write_this_machine_are_refused_too(host):
    with pytest.raises(AddressRefusedError):
        await Allowed().addresses(host, 443, only_private=False)


async def test_a_name_that_is_none_is_told_apart():
    with pytest.raises(NameNotResolvedError):
        await Allowed().addresses("nobody.invalid", 443, only_private=False)
    with pytest.raises(NameNotResolvedError):
        await Allowed().addresses("a" * 300 + ".example", 443, only_private=False)


def test_what_is_no_network_is_refused():
    with pytest.raises(ValueError, match="host bits set"):
        networks("10.1.0.1/16")
