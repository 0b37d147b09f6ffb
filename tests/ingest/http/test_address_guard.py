import asyncio
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.address_guard import AddressGuard, AddressRefused, NameNotResolved, is_public
from ingest.http.stream import Stream
from tests.limits import HANG_S
from tests.loopback import LoopbackServer

PUBLIC = [
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001:81b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]
PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_by_itself(address: IPv4Address) -> None:
    number = int(address)
    assert is_public(IPv6Address((0xFFFF << 32) | number)) == is_public(address)
    assert is_public(IPv6Address((0x64FF9B << 96) | number)) == is_public(address)
    assert not is_public(IPv6Address((0x2002 << 112) | (number << 80)))


@given(st.ip_addresses())
def test_nothing_passes_that_python_knows_as_private(address: IPv4Address | IPv6Address) -> None:
    if address.is_multicast or address.is_loopback or address.is_link_local or address.is_unspecified:
        assert not is_public(address)


def connect(host: str, port: int, allow: bool) -> None:
    async def run() -> None:
        guard = AddressGuard(allow, resolvers=2)
        try:
            addresses = await guard.find(host, port, HANG_S)
            stream = await Stream.open(addresses, port, host, None, HANG_S, HANG_S)
            stream.abort()
            await asyncio.sleep(0)
        finally:
            guard.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "::1", "::ffff:7f00:1"]
)
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with LoopbackServer() as server:
        with pytest.raises(AddressRefused, match=r"http\.allow_private_addresses"):
            connect(host, server.port, allow=False)
        assert server.requests == []


def test_loopback_is_reached_when_allowed() -> None:
    with LoopbackServer() as server:
        connect("127.0.0.1", server.port, allow=True)
        connect("localhost", server.port, allow=True)


def test_a_name_that_is_none() -> None:
    with pytest.raises(NameNotResolved):
        connect("no-such-host.invalid", 80, allow=True)
    with pytest.raises(NameNotResolved) as caught:
        connect("a..b", 80, allow=True)
    assert not caught.value.is_offline


def test_a_closed_port() -> None:
    with LoopbackServer() as server:
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        connect("127.0.0.1", port, allow=True)
