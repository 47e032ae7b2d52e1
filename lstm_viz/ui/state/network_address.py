"""The addresses by which other computers reach this server, and a link that holds one of them."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psutil

#: Addresses that mean "every interface of this computer", as a server's own address.
EVERYWHERE = ("", "0.0.0.0", "::")
#: A documentation address (RFC 5737): the system says which interface would be used, and nothing is sent.
_ELSEWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True)
class Reach:
    """How others reach a page.

    `links` are the page's links by address, the best first; never empty. `note` explains them in Markdown, and `by_others`
    is False if no other computer can open them.
    """

    links: tuple[str, ...]
    note: str = ""
    by_others: bool = True


def lan_addresses() -> list[str]:
    """Return this computer's IPv4 addresses on its networks, that of the default route first; [] without a network."""
    return ordered_addresses(_interfaces(), _default_address())


def ordered_addresses(interfaces: Mapping[str, Sequence[str]], default: str | None) -> list[str]:
    """Return the addresses that others can reach: the default one, then private ones, then the rest.

    Args:
        interfaces: The IPv4 addresses of each network interface that is up, by its name.
        default: The address of the default route, None without one.

    Returns:
        Each address once; loopback and link-local addresses (RFC 3927) are left out, and interfaces of containers and virtual
        machines come last.

    >>> ordered_addresses({"lo": ["127.0.0.1"], "docker0": ["172.17.0.1"], "eth0": ["192.168.1.5"]}, None)
    ['192.168.1.5', '172.17.0.1']
    """
    ranks: dict[str, tuple[bool, bool, bool]] = {}
    for name, addresses in interfaces.items():
        for address in addresses:
            ip = ipaddress.ip_address(address)
            if ip.is_loopback or ip.is_link_local or ip.is_unspecified or ip.is_multicast:
                continue
            virtual = name.startswith(("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "podman", "cni"))
            rank = (address != default, virtual, not ip.is_private)
            ranks[address] = min(rank, ranks.get(address, rank))
    return sorted(ranks, key=lambda address: (ranks[address], ipaddress.ip_address(address)))


def is_own_computer(host: str) -> bool:
    """Return True for a host name that each computer takes for itself, such as localhost.

    >>> [is_own_computer(host) for host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "192.168.1.5", "example.org")]
    [True, True, True, True, False, False]
    """
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip = ipaddress.ip_address(name)
    except ValueError:
        return False
    return ip.is_loopback or ip.is_unspecified


def reach(link: str, bound: str, addresses: Sequence[str]) -> Reach:
    """Return the links by which others reach a page.

    Args:
        link: The page's address as this browser has it.
        bound: The address that the server listens on; one of `EVERYWHERE` for all of them.
        addresses: This computer's own addresses, as `lan_addresses` gives them.

    Returns:
        The link itself, unless it was opened by a name that means each computer itself: then one link an address.

    >>> reach("http://localhost:8501/units?unit=3", "", ["192.168.1.5"]).links
    ('http://192.168.1.5:8501/units?unit=3',)
    """
    parts = urlsplit(link)
    host = parts.hostname or ""
    if not is_own_computer(host):
        return Reach((link,))
    if bound not in EVERYWHERE:
        if is_own_computer(bound):
            return Reach(
                (link,),
                f"Only this computer can reach the server ({bound}). For others, start it with "
                "`lstm-viz app --host 0.0.0.0 --class`.",
                by_others=False,
            )
        addresses = [bound]
    if not addresses:
        return Reach(
            (link,), f"This computer is on no network, so {host} works only here. Join a network and open Share again.",
            by_others=False,
        )  # fmt: skip
    port = "" if parts.port is None else f":{parts.port}"
    links = tuple(urlunsplit(parts._replace(netloc=f"{in_url(address)}{port}")) for address in addresses)
    note = (
        f"You opened this page as {host}, which means each computer itself. The link has this computer's address on its network."
    )
    return Reach(links, note)


def in_url(address: str) -> str:
    """Format an address for a URL: IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


def _interfaces() -> dict[str, list[str]]:
    try:
        states = psutil.net_if_stats()
        return {
            name: [each.address for each in addresses if each.family == socket.AF_INET]
            for name, addresses in psutil.net_if_addrs().items()
            if name not in states or states[name].isup
        }
    except OSError:
        # Some sandboxes forbid listing the interfaces.
        default = _default_address()
        return {"": [default]} if default else {}


def _default_address() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return address
