"""Which addresses may be connected to: public ones only.

Each new connection asks here: the host name is resolved, each address it gave is checked, and the connection
goes to a checked address itself. A name that resolves differently a moment later, a redirect to a private
address, or an address in an odd notation gets no further than any other.

Proxies of the environment are not used by the client above: through one, the address connected to would be
the proxy's, and the guard would guard nothing.
"""

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_PRIVATE_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private use
            "100.64.0.0/10",  # shared by carriers (CGNAT)
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local; cloud metadata services
            "172.16.0.0/12",  # private use
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private use
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved; broadcast
        ),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that is assigned for unicast over the Internet
_PRIVATE_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, identifiers that route nowhere
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: carries any IPv4 address, and nobody serves news on it
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """The host has no address that may be connected to."""


class NameNotResolved(Exception):
    """The host name could not be resolved; `is_offline` when no name server answered at all."""

    def __init__(self, message: str, is_offline: bool) -> None:
        super().__init__(message)
        self.is_offline = is_offline


def is_public(address: Address) -> bool:
    """Whether `address` is one of the public Internet.

    IPv4 addresses inside IPv6 ones (mapped, NAT64) are judged by themselves; 6to4 and Teredo are refused.

    Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6052 (NAT64), RFC 4291 (mapped).
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_V6 and not any(address in network for network in _PRIVATE_V6)


class AddressGuard:
    """Says which addresses of a host may be connected to."""

    def __init__(self, allow_private_addresses: bool, resolvers: int) -> None:
        """`resolvers`: how many names are looked up at once."""
        self._allow_private = allow_private_addresses
        self._resolvers = ThreadPoolExecutor(resolvers, thread_name_prefix="resolve")

    async def find(self, host: str, port: int, within_s: float) -> list[str]:
        """The addresses of `host` that may be connected to, as numbers, in the resolver's order.

        Raises:
            AddressRefused: none of the addresses is public.
            NameNotResolved: there are no addresses.
        """
        return self._choose(host, await self._resolve(host, port, within_s))

    def close(self) -> None:
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    def _choose(self, host: str, addresses: list[str]) -> list[str]:
        if self._allow_private:
            return addresses
        allowed = [address for address in addresses if is_public(ip_address(address.partition("%")[0]))]
        if not allowed:
            raise AddressRefused(
                f"{host} ({', '.join(addresses)}) is not a public address; "
                "the setting http.allow_private_addresses allows such"
            )
        return allowed

    async def _resolve(self, host: str, port: int, within_s: float) -> list[str]:
        """The addresses of `host` in the resolver's order, each once; a number is its own address."""
        try:
            return [str(ip_address(host))]
        except ValueError:
            pass
        loop = asyncio.get_running_loop()
        lookup = loop.run_in_executor(self._resolvers, socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
        try:
            found = await asyncio.wait_for(lookup, max(within_s, 0.001))
        except TimeoutError as error:
            raise NameNotResolved(f"no name server answered for {host}", is_offline=True) from error
        except OSError as error:
            offline = error.errno in (socket.EAI_AGAIN, socket.EAI_FAIL, errno.ENETUNREACH)
            raise NameNotResolved(f"{host}: {error.strerror or error}", is_offline=offline) from error
        except UnicodeError as error:
            raise NameNotResolved(f"{host} is no host name", is_offline=False) from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))
