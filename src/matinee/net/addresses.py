"""Which addresses of the internet are public.

Sources: IANA's special-purpose and multicast registries for IPv4 and IPv6, IANA's global unicast
registry (RFC 4291: only 2000::/3 was ever given out), and the fixed addresses of cloud metadata.
The standard library's `is_global` is no replacement: it says yes to NAT64, 6to4, IPv4-compatible,
site-local and multicast addresses, and to a metadata service.
"""

from __future__ import annotations

import socket
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

FORBIDDEN_NETWORKS: tuple[IPNetwork, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network; 0.0.0.0 reaches loopback
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT, with Alibaba's metadata at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's WireServer, for all that it looks public
        "169.254.0.0/16",  # link-local, with most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, with Oracle's metadata at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112, delegated
        "192.52.193.0/24",  # multicast tunnels (AMT)
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, with broadcast
        # All that is not 2000::/3. The first holds ::, ::1, IPv4 in compatible (::/96), mapped
        # (::ffff:0:0/96) and translated (::ffff:0:0:0/96) form, NAT64 (64:ff9b::/96,
        # 64:ff9b:1::/48) and discard (100::/64); the second segment routing (5f00::/16); the third
        # unique local (fc00::/7), link-local (fe80::/10), site-local (fec0::/10), multicast.
        "::/3",
        "4000::/2",
        "8000::/1",
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID, drone ids
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
)


def is_public(address: IPAddress) -> bool:
    """Whether `address` is an ordinary host of the internet: in none of the forbidden networks."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    return not any(address in network for network in FORBIDDEN_NETWORKS)


def is_own(address: IPAddress) -> bool:
    """Whether `address` belongs to this machine, which is so if a socket can be bound to it.

    A public address that a router only translates to this machine is not recognised.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True


def parse_address(text: str) -> IPAddress | None:
    """The address that `text` spells in its one canonical form; None for every other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address if str(address) == text else None
